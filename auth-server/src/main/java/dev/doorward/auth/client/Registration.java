package dev.doorward.auth.client;

import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client asked for in a registration (RFC 7591 section 2), read strictly. Metadata that we
 * have no use for is ignored, as the RFC allows.
 *
 * @param applicationType {@code web} or {@code native}
 * @param refreshes whether it wants refresh tokens
 */
record Registration(
    String name,
    String applicationType,
    AuthMethod authMethod,
    List<String> redirectUris,
    boolean refreshes) {

  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_STRING = 2048;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(8192)
                          .maxTokenCount(2000)
                          .build())
                  .build())
          .build();

  /** Reads a request body. Problems are for the developer of the client. */
  static Outcome<Registration> parse(byte[] body) {
    JsonNode root;
    try {
      root = MAPPER.readTree(body);
    } catch (JacksonException e) {
      return bad(Reason.JSON_MALFORMED, "The body is not one JSON object, or it repeats a key.");
    }
    if (!root.isObject()) {
      return bad(Reason.JSON_MALFORMED, "The body is not one JSON object, or it repeats a key.");
    }
    return redirects(root)
        .then(uris -> {
          Optional<AuthMethod> method =
              AuthMethod.of(text(root, "token_endpoint_auth_method", AuthMethod.BASIC.code()));
          if (method.isEmpty()) {
            return bad("token_endpoint_auth_method must be none or a client_secret method.");
          }
          return checkTypes(root, uris, method.get());
        });
  }

  private static Outcome<Registration> checkTypes(
      JsonNode root, List<String> uris, AuthMethod method) {
    boolean anyLocal = uris.stream().anyMatch(RedirectRule::isLocal);
    String type = text(root, "application_type", anyLocal ? "native" : "web");
    if (!type.equals("web") && !type.equals("native")) {
      return bad("application_type must be web or native.");
    }
    Optional<List<String>> grants = strings(root, "grant_types");
    Optional<List<String>> responses = strings(root, "response_types");
    if (grants.isPresent() && !grants.get().contains("authorization_code")) {
      return bad("grant_types must hold authorization_code.");
    }
    if (responses.isPresent() && !responses.get().contains("code")) {
      return bad("response_types must hold code.");
    }
    String name = text(root, "client_name", "");
    if (name.length() > MAX_STRING) {
      return bad("client_name is too long.");
    }
    return Outcome.ok(
        new Registration(
            ClientName.clean(name, "Unnamed app"),
            type,
            method,
            uris,
            grants.map(g -> g.contains("refresh_token")).orElse(true)));
  }

  private static Outcome<List<String>> redirects(JsonNode root) {
    Optional<List<String>> uris = strings(root, "redirect_uris");
    if (uris.isEmpty() || uris.get().isEmpty() || uris.get().size() > MAX_REDIRECTS) {
      return bad(Reason.REDIRECT_REFUSED, "redirect_uris must hold 1 to 10 URIs.");
    }
    for (String uri : uris.get()) {
      if (RedirectRule.register(uri) instanceof Outcome.Failed<String>(var problem)) {
        return Outcome.failed(problem);
      }
    }
    return Outcome.ok(uris.get());
  }

  /** The strings of an array; empty where the member is absent or is no array of strings. */
  private static Optional<List<String>> strings(JsonNode root, String name) {
    JsonNode node = root.get(name);
    if (node == null || !node.isArray()) {
      return Optional.empty();
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isString()) {
        return Optional.empty();
      }
      strings.add(element.stringValue());
    }
    return Optional.of(strings);
  }

  private static String text(JsonNode root, String name, String absent) {
    JsonNode node = root.get(name);
    return node == null || !node.isString() ? absent : node.stringValue();
  }

  private static <T> Outcome<T> bad(String text) {
    return bad(Reason.CLIENT_METADATA_REFUSED, text);
  }

  private static <T> Outcome<T> bad(Reason reason, String text) {
    return Outcome.failed(reason, text);
  }
}
