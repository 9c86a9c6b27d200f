package dev.doorward.auth.upstream;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.doorward.auth.upstream.OidcDiscovery.Given;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.config.edge.UpstreamConfig;
import dev.doorward.config.value.IssuerUrl;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An OpenID provider: found by discovery, asked with PKCE and a nonce. */
final class OidcProvider implements Provider {
  /** Google's issuer. */
  static final IssuerUrl GOOGLE = new IssuerUrl("https://accounts.google.com");

  private static final Duration FRESH = Duration.ofMinutes(5);

  private final UpstreamConfig config;
  private final IssuerUrl issuer;
  private final Web web;
  private final InstantSource clock;
  private final OidcDiscovery discovery;
  private final OidcExchange exchange;

  OidcProvider(UpstreamConfig config, Web web, InstantSource clock) {
    this.config = config;
    this.issuer = config.issuer().orElse(GOOGLE);
    this.web = web;
    this.clock = clock;
    this.discovery = new OidcDiscovery(issuer, web, clock);
    this.exchange = new OidcExchange(config, web);
  }

  @Override
  public Start begin(Trip trip) {
    return switch (discovery.metadata()) {
      case Given.Missing<OidcMetadata>(String why) -> new Start.Out(why);
      case Given.Here<OidcMetadata>(OidcMetadata found) -> new Start.Go(url(found, trip));
    };
  }

  private URI url(OidcMetadata found, Trip trip) {
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
    return Query.on(found.authorization(), parameters);
  }

  @Override
  public Finish finish(Trip trip, Returned returned) {
    if (!(discovery.metadata() instanceof Given.Here<OidcMetadata>(OidcMetadata found))) {
      return new Finish.Out("what the provider says of itself cannot be had");
    }
    if (returned.iss().isPresent()
        ? !returned.iss().get().equals(issuer.text())
        : found.sendsIssuer()) {
      return new Finish.Refused("another issuer has answered, or none");
    }
    return switch (exchange.of(found, trip, returned.code())) {
      case OidcExchange.Result.Out(String why) -> new Finish.Out(why);
      case OidcExchange.Result.Refused(String why) -> new Finish.Refused(why);
      case OidcExchange.Result.Tokens(JsonNode answer) -> tokens(found, trip, answer);
    };
  }

  @Override
  public Standing ask(String token) {
    return Standing.UNKNOWN;
  }

  private Finish tokens(OidcMetadata found, Trip trip, JsonNode answer) {
    Optional<String> token = Json.text(answer, "id_token");
    if (token.isEmpty()) {
      return new Finish.Refused("there is no ID token in the answer");
    }
    var expected =
        new IdTokens.Expected(
            issuer.text(), config.clientId(), trip.nonce(), Json.text(answer, "access_token"));
    for (boolean again = false; ; again = true) {
      if (!(discovery.keys(found, again) instanceof Given.Here<JWKSet>(JWKSet set))) {
        return new Finish.Out("the provider's keys cannot be had");
      }
      switch (IdTokens.judge(token.get(), set, expected, clock.instant())) {
        case IdTokens.Judged.Good(JWTClaimsSet claims) -> {
          return trip.again() && !isFresh(claims)
              ? new Finish.Refused("the person did not sign in there again")
              : account(found, claims, expected.accessToken());
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

  /**
   * Whether the person has just signed in there. Who was asked for {@code max_age} must say (OpenID
   * Connect Core section 2); Google does not know it.
   */
  private boolean isFresh(JWTClaimsSet token) {
    try {
      @Nullable Date signedInAt = token.getDateClaim("auth_time");
      return signedInAt == null
          ? isGoogle()
          : !signedInAt.toInstant().isBefore(clock.instant().minus(FRESH));
    } catch (ParseException e) {
      return false;
    }
  }

  private Finish account(OidcMetadata found, JWTClaimsSet token, Optional<String> accessToken) {
    Claims claims = Claims.of(token);
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

  private String scope() {
    Stream<String> ours = Stream.of("openid", "email", "profile");
    List<String> all =
        Stream.concat(ours, new TreeSet<>(config.scopes()).stream()).distinct().toList();
    return String.join(" ", all);
  }

  private boolean isGoogle() {
    return config.kind() == UpstreamConfig.Kind.GOOGLE;
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Fingerprint.of(verifier.getBytes(StandardCharsets.US_ASCII)).bytes());
  }
}
