package dev.doorward.auth.upstream;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.edge.UpstreamConfig;
import dev.doorward.config.value.IssuerUrl;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An OpenID provider: found by discovery, asked with PKCE and a nonce. What it says of itself is
 * kept for an hour, its keys until a token names one that is not among them, and then asked for at
 * most every half minute.
 */
final class OidcProvider implements Provider {
  /** Google's issuer. */
  static final IssuerUrl GOOGLE = new IssuerUrl("https://accounts.google.com");

  private static final Duration METADATA_LIFE = Duration.ofHours(1);
  private static final Duration KEYS_AT_MOST = Duration.ofSeconds(30);
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final UpstreamConfig config;
  private final IssuerUrl issuer;
  private final Web web;
  private final InstantSource clock;

  private @Nullable OidcMetadata metadata;
  private Instant metadataAt = Instant.MIN;
  private @Nullable JWKSet keys;
  private Instant keysAt = Instant.MIN;

  /** Something that a provider had to give, or why it did not. */
  private sealed interface Given<T> {
    record Here<T>(T value) implements Given<T> {}

    record Missing<T>(String why) implements Given<T> {}
  }

  OidcProvider(UpstreamConfig config, Web web, InstantSource clock) {
    this.config = config;
    this.issuer = config.issuer().orElse(GOOGLE);
    this.web = web;
    this.clock = clock;
  }

  @Override
  public Start begin(Trip trip) {
    return switch (metadata()) {
      case Given.Missing<OidcMetadata>(String why) -> new Start.Out(why);
      case Given.Here<OidcMetadata>(OidcMetadata found) -> {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("client_id", config.clientId());
        parameters.put("redirect_uri", trip.redirectUri().toString());
        parameters.put("scope", scope());
        parameters.put("state", trip.state());
        parameters.put("nonce", trip.nonce());
        parameters.put("code_challenge", challenge(trip.verifier()));
        parameters.put("code_challenge_method", "S256");
        if (trip.again()) {
          parameters.put("prompt", isGoogle() ? "select_account" : "login");
          if (!isGoogle()) {
            parameters.put("max_age", "0");
          }
        }
        yield new Start.Go(Query.on(found.authorization(), parameters));
      }
    };
  }

  @Override
  public Finish finish(Trip trip, Returned returned) {
    if (!(metadata() instanceof Given.Here<OidcMetadata>(OidcMetadata found))) {
      return new Finish.Out("what the provider says of itself cannot be had");
    }
    if (returned.iss().isPresent()
        ? !returned.iss().get().equals(issuer.text())
        : found.sendsIssuer()) {
      return new Finish.Refused("another issuer has answered, or none");
    }
    return switch (exchange(found, trip, returned.code())) {
      case Web.Reply.Lost(String why) -> new Finish.Out(why);
      case Web.Reply.Got(int status, _, _) when status >= 500 ->
          new Finish.Out("the token endpoint answered " + status);
      case Web.Reply.Got(int status, _, byte[] body) when status != 200 ->
          new Finish.Refused("the token endpoint answered " + status + error(body));
      case Web.Reply.Got(_, _, byte[] body) -> tokens(found, trip, body);
    };
  }

  @Override
  public Standing ask(String token) {
    return Standing.UNKNOWN;
  }

  private Finish tokens(OidcMetadata found, Trip trip, byte[] body) {
    Optional<JsonNode> answer = Json.read(body);
    Optional<String> token = answer.flatMap(json -> Json.text(json, "id_token"));
    if (token.isEmpty()) {
      return new Finish.Refused("there is no ID token in the answer");
    }
    var expected =
        new IdTokens.Expected(
            issuer.text(),
            config.clientId(),
            trip.nonce(),
            answer.flatMap(json -> Json.text(json, "access_token")));
    for (boolean again = false; ; again = true) {
      if (!(keys(found, again) instanceof Given.Here<JWKSet>(JWKSet set))) {
        return new Finish.Out("the provider's keys cannot be had");
      }
      switch (IdTokens.judge(token.get(), set, expected, clock.instant())) {
        case IdTokens.Judged.Good(JWTClaimsSet claims) -> {
          return account(found, claims, trip, expected.accessToken());
        }
        case IdTokens.Judged.Bad(String why) -> {
          return new Finish.Refused("ID token: " + why);
        }
        case IdTokens.Judged.KeyUnknown() -> {
          if (again) {
            return new Finish.Refused("ID token: its key is not the provider's");
          }
        }
      }
    }
  }

  private Finish account(
      OidcMetadata found, JWTClaimsSet token, Trip trip, Optional<String> accessToken) {
    try {
      Date signedInAt = token.getDateClaim("auth_time");
      if (trip.again()
          && signedInAt != null
          && signedInAt.toInstant().isBefore(clock.instant().minus(FRESH))) {
        return new Finish.Refused("the person did not sign in there again");
      }
    } catch (ParseException e) {
      return new Finish.Refused("ID token: auth_time is no time");
    }
    Map<String, Object> present = new HashMap<>();
    token
        .getClaims()
        .forEach((name, value) -> {
          if (value != null) {
            present.put(name, value);
          }
        });
    var claims = new Claims(present);
    if (claims.has("email") || found.userInfo().isEmpty() || accessToken.isEmpty()) {
      return known(token.getSubject(), claims);
    }
    return switch (web.get(
        found.userInfo().get(),
        Map.of("Accept", "application/json", "Authorization", "Bearer " + accessToken.get()))) {
      case Web.Reply.Lost(String why) -> new Finish.Out("UserInfo: " + why);
      case Web.Reply.Got(int status, _, byte[] body) -> {
        Optional<JsonNode> more = status == 200 ? Json.read(body) : Optional.empty();
        if (more.isEmpty()) {
          yield new Finish.Out("UserInfo: the answer was " + status + " or no JSON");
        }
        // OpenID Connect Core section 5.3.2: of anybody else it must not be used.
        yield Json.text(more.get(), "sub").filter(token.getSubject()::equals).isPresent()
            ? known(token.getSubject(), claims.and(more.get()))
            : new Finish.Refused("UserInfo is somebody else's");
      }
    };
  }

  private Finish known(String subject, Claims claims) {
    Optional<String> email =
        claims.isTrue("email_verified")
            ? claims
                .text("email")
                .map(text -> text.toLowerCase(Locale.ROOT))
                .filter(text -> text.indexOf('@') > 0)
            : Optional.empty();
    return new Finish.Known(
        new Account(
            issuer.text(),
            subject,
            email
                .or(() -> claims.text("preferred_username"))
                .or(() -> claims.text("name"))
                .orElse(""),
            email,
            isGoogle()
                ? claims.text("hd")
                : email.map(text -> text.substring(text.lastIndexOf('@') + 1)),
            claims.texts(config.groupsClaim()),
            Set.of(),
            Optional.empty()));
  }

  private Web.Reply exchange(OidcMetadata found, Trip trip, String code) {
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

  private synchronized Given<OidcMetadata> metadata() {
    Instant now = clock.instant();
    if (metadata != null && metadataAt.plus(METADATA_LIFE).isAfter(now)) {
      return new Given.Here<>(metadata);
    }
    return switch (document(issuer.below("/.well-known/openid-configuration"))) {
      case Given.Missing<JsonNode>(String why) -> new Given.Missing<>("discovery: " + why);
      case Given.Here<JsonNode>(JsonNode json) -> {
        Optional<OidcMetadata> read = OidcMetadata.read(json, issuer);
        if (read.isEmpty()) {
          yield new Given.Missing<>("discovery: it is not this issuer's, or not in order");
        }
        metadata = read.get();
        metadataAt = now;
        yield new Given.Here<>(read.get());
      }
    };
  }

  private synchronized Given<JWKSet> keys(OidcMetadata found, boolean again) {
    Instant now = clock.instant();
    boolean may = keysAt.isBefore(now.minus(KEYS_AT_MOST));
    if (keys != null && !(again && may)) {
      return new Given.Here<>(keys);
    }
    return switch (document(found.keys())) {
      case Given.Missing<JsonNode>(String why) -> new Given.Missing<>("keys: " + why);
      case Given.Here<JsonNode>(JsonNode json) -> {
        try {
          JWKSet set = JWKSet.parse(json.toString());
          keys = set;
          keysAt = now;
          yield new Given.Here<>(set);
        } catch (ParseException e) {
          yield new Given.Missing<>("keys: they are no key set");
        }
      }
    };
  }

  private Given<JsonNode> document(URI url) {
    return switch (web.get(url, Map.of("Accept", "application/json"))) {
      case Web.Reply.Lost(String why) -> new Given.Missing<>(why);
      case Web.Reply.Got(int status, _, byte[] body) -> {
        Optional<JsonNode> json = status == 200 ? Json.read(body) : Optional.empty();
        yield json.isPresent()
            ? new Given.Here<>(json.get())
            : new Given.Missing<>("the answer was " + status + " or no JSON");
      }
    };
  }

  /** The provider's own code of an error, where it is one of the protocol's. */
  private static String error(byte[] body) {
    return Json.read(body)
        .flatMap(json -> Json.text(json, "error"))
        .filter(code -> code.matches("[a-z_]{1,40}"))
        .map(code -> " " + code)
        .orElse("");
  }

  private String scope() {
    Set<String> scopes = new TreeSet<>(config.scopes());
    return String.join(
        " ",
        Stream.concat(Stream.of("openid", "email", "profile"), scopes.stream())
            .distinct()
            .toList());
  }

  private boolean isGoogle() {
    return config.kind() == UpstreamConfig.Kind.GOOGLE;
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Fingerprint.of(verifier.getBytes(StandardCharsets.US_ASCII)).bytes());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
