package dev.doorward.auth.upstream;

import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.edge.UpstreamConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Gives an OpenID provider a code and our secret for tokens (RFC 6749 section 4.1.3). */
final class OidcExchange {
  private final UpstreamConfig config;
  private final Web web;

  /** What came of it. */
  sealed interface Result {
    /** Tokens. */
    record Tokens(JsonNode answer) implements Result {}

    /** The provider refused; why is for the log. */
    record Refused(String why) implements Result {}

    /** The provider cannot be asked; why is for the log. */
    record Out(String why) implements Result {}
  }

  OidcExchange(UpstreamConfig config, Web web) {
    this.config = config;
    this.web = web;
  }

  Result of(OidcMetadata found, Provider.Trip trip, String code) {
    return switch (ask(found, trip, code)) {
      case Web.Reply.Lost(String why) -> new Result.Out(why);
      case Web.Reply.Got(int status, _, _) when status >= 500 ->
          new Result.Out("the token endpoint answered " + status);
      case Web.Reply.Got(int status, _, byte[] body) when status != 200 ->
          new Result.Refused("the token endpoint answered " + status + error(body));
      case Web.Reply.Got(_, _, byte[] body) ->
          Json.read(body)
              .<Result>map(Result.Tokens::new)
              .orElseGet(() -> new Result.Refused("the token endpoint answered no JSON"));
    };
  }

  private Web.Reply ask(OidcMetadata found, Provider.Trip trip, String code) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", trip.redirectUri().toString());
    form.put("code_verifier", trip.verifier());
    Map<String, String> headers = new HashMap<>(Map.of("Accept", "application/json"));
    switch (ClientSecret.of(config)) {
      case Outcome.Failed<Optional<Secret>>(var problem) -> {
        return new Web.Reply.Lost(problem.text());
      }
      case Outcome.Ok<Optional<Secret>>(Optional<Secret> secret) -> {
        if (secret.isPresent() && found.basic()) {
          String pair = encoded(config.clientId()) + ":" + encoded(secret.get().reveal());
          headers.put(
              "Authorization",
              "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        } else {
          form.put("client_id", config.clientId());
          secret.ifPresent(s -> form.put("client_secret", s.reveal()));
        }
      }
    }
    return web.post(found.token(), headers, form);
  }

  /** The provider's own code of an error, where it is one of the protocol's. */
  private static String error(byte[] body) {
    return Json.read(body)
        .flatMap(json -> Json.text(json, "error"))
        .filter(code -> code.matches("[a-z_]{1,40}"))
        .map(code -> " " + code)
        .orElse("");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
