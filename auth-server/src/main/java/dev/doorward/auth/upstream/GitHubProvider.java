package dev.doorward.auth.upstream;

import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.edge.UpstreamConfig;
import dev.doorward.config.value.IssuerUrl;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * GitHub, or a GitHub Enterprise Server: OAuth without ID tokens, so who came is asked from its
 * API. An account is known by its number, never by its login or an address, which can change hands.
 */
final class GitHubProvider implements Provider {
  private static final IssuerUrl GITHUB = new IssuerUrl("https://github.com");
  private static final String API = "https://api.github.com";

  private final UpstreamConfig config;
  private final Web web;
  private final IssuerUrl server;

  GitHubProvider(UpstreamConfig config, Web web) {
    this.config = config;
    this.web = web;
    this.server = config.issuer().orElse(GITHUB);
  }

  @Override
  public Start begin(Trip trip) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("client_id", config.clientId());
    parameters.put("redirect_uri", trip.redirectUri().toString());
    parameters.put(
        "scope",
        config.allowOrganisations().isEmpty()
            ? "read:user user:email"
            : "read:user user:email read:org");
    parameters.put("state", trip.state());
    parameters.put("code_challenge", challenge(trip.verifier()));
    parameters.put("code_challenge_method", "S256");
    parameters.put("allow_signup", "false");
    if (trip.again()) {
      parameters.put("prompt", "select_account");
    }
    return new Start.Go(Query.on(server.below("/login/oauth/authorize"), parameters));
  }

  @Override
  public Finish finish(Trip trip, Returned returned) {
    if (returned.iss().isPresent()
        && !returned.iss().get().equals(server.below("/login/oauth").toString())) {
      return new Finish.Refused("another issuer has answered");
    }
    if (!(ClientSecret.of(config) instanceof Outcome.Ok<Optional<Secret>>(var secret))
        || secret.isEmpty()) {
      return new Finish.Out("the client secret cannot be read");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("client_id", config.clientId());
    form.put("client_secret", secret.get().reveal());
    form.put("code", returned.code());
    form.put("redirect_uri", trip.redirectUri().toString());
    form.put("code_verifier", trip.verifier());
    return switch (web.post(
        server.below("/login/oauth/access_token"), Map.of("Accept", "application/json"), form)) {
      case Web.Reply.Lost(String why) -> new Finish.Out(why);
      case Web.Reply.Got(int status, _, _) when status >= 500 ->
          new Finish.Out("the token endpoint answered " + status);
      case Web.Reply.Got(_, _, byte[] body) -> token(body);
    };
  }

  /** GitHub answers 200 also where it refuses; only the body says which. */
  private Finish token(byte[] body) {
    Optional<JsonNode> answer = Json.read(body);
    Optional<String> token = answer.flatMap(json -> Json.text(json, "access_token"));
    if (token.isEmpty()) {
      String error =
          answer
              .flatMap(json -> Json.text(json, "error"))
              .filter(code -> code.matches("[a-z_]{1,60}"))
              .orElse("no token");
      return new Finish.Refused("the token endpoint answered " + error);
    }
    return account(token.get());
  }

  private Finish account(String token) {
    if (!(api("/user", token) instanceof Web.Reply.Got(int status, _, byte[] body))
        || status != 200) {
      return new Finish.Out("the API does not say who came");
    }
    Optional<JsonNode> user = Json.read(body).filter(u -> u.path("id").isIntegralNumber());
    if (user.isEmpty()) {
      return new Finish.Out("the API does not say who came");
    }
    if (!(api("/user/emails", token) instanceof Web.Reply.Got(int mailStatus, _, byte[] mails))
        || mailStatus != 200) {
      return new Finish.Out("the API does not say which addresses are verified");
    }
    Optional<String> email = Json.read(mails).flatMap(GitHubProvider::primary);
    Set<String> organisations = new HashSet<>();
    for (String organisation : config.allowOrganisations()) {
      switch (membership(organisation, token)) {
        case MEMBER -> organisations.add(organisation);
        case GONE -> {}
        case UNKNOWN -> {
          return new Finish.Out("the API does not say who is a member");
        }
      }
    }
    return new Finish.Known(
        new Account(
            server.text(),
            user.get().path("id").asString(),
            Json.text(user.get(), "login").orElse(""),
            email,
            email.map(text -> text.substring(text.lastIndexOf('@') + 1)),
            Set.of(),
            organisations,
            organisations.isEmpty() ? Optional.empty() : Optional.of(token)));
  }

  @Override
  public Standing ask(String token) {
    boolean unknown = false;
    for (String organisation : config.allowOrganisations()) {
      switch (membership(organisation, token)) {
        case MEMBER -> {
          return Standing.MEMBER;
        }
        case GONE -> {}
        case UNKNOWN -> unknown = true;
      }
    }
    return unknown ? Standing.UNKNOWN : Standing.GONE;
  }

  /**
   * Whether the account is an active member. 404 says no, 401 that the token is good no more, 403
   * that the organisation forbids to ask, unless it is the rate limit that speaks.
   */
  private Standing membership(String organisation, String token) {
    String path =
        "/user/memberships/orgs/" + URLEncoder.encode(organisation, StandardCharsets.UTF_8);
    return switch (api(path, token)) {
      case Web.Reply.Lost _ -> Standing.UNKNOWN;
      case Web.Reply.Got(int status, Map<String, String> headers, byte[] body) ->
          switch (status) {
            case 200 ->
                Json.read(body)
                        .flatMap(json -> Json.text(json, "state"))
                        .filter("active"::equals)
                        .isPresent()
                    ? Standing.MEMBER
                    : Standing.GONE;
            case 401, 404 -> Standing.GONE;
            case 403 ->
                "0".equals(headers.get("x-ratelimit-remaining"))
                        || headers.containsKey("retry-after")
                    ? Standing.UNKNOWN
                    : Standing.GONE;
            default -> Standing.UNKNOWN;
          };
    };
  }

  private Web.Reply api(String path, String token) {
    URI url = config.issuer().isPresent() ? server.below("/api/v3" + path) : URI.create(API + path);
    return web.get(
        url,
        Map.of(
            "Accept", "application/vnd.github+json",
            "Authorization", "Bearer " + token,
            "X-GitHub-Api-Version", "2022-11-28"));
  }

  private static Optional<String> primary(JsonNode mails) {
    for (JsonNode mail : mails) {
      if (mail.path("primary").asBoolean(false) && mail.path("verified").asBoolean(false)) {
        return Json.text(mail, "email").map(text -> text.toLowerCase(Locale.ROOT));
      }
    }
    return Optional.empty();
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Fingerprint.of(verifier.getBytes(StandardCharsets.US_ASCII)).bytes());
  }
}
