package dev.doorward.auth.client;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client says of itself (RFC 7591 section 2), whether it registers or publishes a document,
 * read strictly. Members that we have no use for are ignored, as the RFC allows.
 *
 * @param root the JSON object
 */
record Metadata(JsonNode root) {
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

  /** Reads exactly one JSON object without repeated keys. */
  static Outcome<Metadata> read(byte[] body) {
    try {
      JsonNode root = MAPPER.readTree(body);
      return root.isObject() ? Outcome.ok(new Metadata(root)) : malformed();
    } catch (JacksonException e) {
      return malformed();
    }
  }

  /** The redirect URIs, 1 to {@code most}, each of a kind that may be used. */
  Outcome<List<String>> redirects(int most, Set<String> appSchemes) {
    Optional<List<String>> uris = strings("redirect_uris");
    if (uris.isEmpty() || uris.get().isEmpty() || uris.get().size() > most) {
      return Outcome.failed(
          Reason.REDIRECT_REFUSED, "redirect_uris must hold 1 to " + most + " URIs.");
    }
    for (String uri : uris.get()) {
      if (RedirectRule.register(uri, appSchemes) instanceof Outcome.Failed<String>(var problem)) {
        return Outcome.failed(problem);
      }
    }
    return Outcome.ok(uris.get());
  }

  /** {@code web} or {@code native}; where it says neither, by where its redirects lead. */
  Outcome<String> applicationType(List<String> redirects) {
    boolean local = redirects.stream().anyMatch(RedirectRule::isLocal);
    String type = text("application_type", local ? "native" : "web");
    return type.equals("web") || type.equals("native")
        ? Outcome.ok(type)
        : bad("application_type must be web or native.");
  }

  /** Whether it wants refresh tokens; refused where it can do nothing with a code. */
  Outcome<Boolean> refreshes() {
    Optional<List<String>> grants = strings("grant_types");
    if (grants.isPresent() && !grants.get().contains("authorization_code")) {
      return bad("grant_types must hold authorization_code.");
    }
    Optional<List<String>> responses = strings("response_types");
    if (responses.isPresent() && !responses.get().contains("code")) {
      return bad("response_types must hold code.");
    }
    return Outcome.ok(grants.map(g -> g.contains("refresh_token")).orElse(true));
  }

  /** Its name, safe to show. */
  Outcome<String> name(String fallback) {
    String name = text("client_name", "");
    return name.length() > MAX_STRING
        ? bad("client_name is too long.")
        : Outcome.ok(ClientName.clean(name, fallback));
  }

  /** A member that is an object, as JSON text. */
  Optional<String> object(String name) {
    return Optional.ofNullable(root.get(name)).filter(JsonNode::isObject).map(JsonNode::toString);
  }

  /** Whether there is such a member. */
  boolean has(String name) {
    return root.has(name);
  }

  /** A member that is a string. */
  String text(String name, String absent) {
    JsonNode node = root.get(name);
    return node == null || !node.isString() ? absent : node.stringValue();
  }

  /** The strings of an array; empty where the member is absent or is no array of strings. */
  private Optional<List<String>> strings(String name) {
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

  private static Outcome<Metadata> malformed() {
    return Outcome.failed(
        Reason.JSON_MALFORMED, "The body is not one JSON object, or it repeats a key.");
  }

  static <T> Outcome<T> bad(String text) {
    return Outcome.failed(Reason.CLIENT_METADATA_REFUSED, text);
  }
}
