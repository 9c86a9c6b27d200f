package dev.doorward.auth.enterprise;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An Identity Assertion JWT Authorization Grant (ID-JAG): a trusted identity provider's word that a
 * client may act for somebody at one resource here. Short-lived, for this issuer and this client
 * alone.
 *
 * @param name {@code sub}: who it is to the provider
 * @param scope as the provider grants it, may be empty
 * @param hash names the assertion among all
 * @param ends when it need not be remembered any more
 */
public record Assertion(
    String issuer, String name, Resource resource, String scope, SecretHash hash, Instant ends) {
  static final String TYPE = "oauth-id-jag+jwt";

  private static final int MAX_LENGTH = 8 * 1024;
  private static final int MAX_TEXT = 256;
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Set<String> HEADER = Set.of("alg", "typ", "kid");

  /** Checks everything but whether it was used before. */
  static Outcome<Assertion> verify(
      String text, Map<String, ProviderKeys> trusted, ClientId client, Issuer self, Instant now) {
    SignedJWT jwt;
    JWTClaimsSet claims;
    try {
      if (text.length() > MAX_LENGTH) {
        return refused("The assertion is too long.");
      }
      jwt = SignedJWT.parse(text);
      claims = jwt.getJWTClaimsSet();
    } catch (ParseException | IllegalArgumentException e) {
      return refused("The assertion is no signed JWT.");
    }
    if (claims == null || !isPlain(jwt.getHeader())) {
      return refused("The assertion must be a JWT of typ oauth-id-jag+jwt with alg and kid.");
    }
    ProviderKeys keys = claims.getIssuer() == null ? null : trusted.get(claims.getIssuer());
    if (keys == null || !keys.signed(jwt)) {
      return refused("The assertion is not signed by an identity provider that is trusted here.");
    }
    return check(claims, client, self, now);
  }

  private static boolean isPlain(JWSHeader header) {
    return header.getType() != null
        && TYPE.equals(header.getType().getType())
        && HEADER.containsAll(header.getIncludedParams());
  }

  private static Outcome<Assertion> check(
      JWTClaimsSet claims, ClientId client, Issuer self, Instant now) {
    if (!claims.getAudience().equals(List.of(self.value()))) {
      return refused("aud of the assertion must be this issuer alone.");
    }
    if (!client.value().equals(claims.getClaim("client_id"))) {
      return refused("client_id of the assertion is not the client that sent it.");
    }
    Optional<Instant> issued = time(claims.getIssueTime());
    Optional<Instant> ends = time(claims.getExpirationTime());
    if (issued.isEmpty() || ends.isEmpty()) {
      return refused("The assertion needs iat and exp.");
    }
    if (!ends.get().isAfter(now.minus(SKEW))) {
      return refused("The assertion has expired.");
    }
    boolean early =
        issued.get().isAfter(now.plus(SKEW))
            || time(claims.getNotBeforeTime()).filter(t -> t.isAfter(now.plus(SKEW))).isPresent();
    if (early || ends.get().isAfter(issued.get().plus(LONGEST))) {
      return refused("The assertion is from the future, or lives longer than 10 minutes.");
    }
    String jti = claims.getJWTID();
    String name = claims.getSubject();
    if (!isText(jti) || !isText(name)) {
      return refused("The assertion needs jti and sub of at most 256 characters.");
    }
    Optional<Resource> resource =
        claims.getClaim("resource") instanceof String url ? Resource.parse(url) : Optional.empty();
    if (resource.flatMap(self::serviceOf).isEmpty()) {
      return refused("resource of the assertion must be the URL of one service of this server.");
    }
    Object scope = claims.getClaim("scope");
    if (scope != null && !(scope instanceof String)) {
      return refused("scope of the assertion must be text.");
    }
    return Outcome.ok(
        new Assertion(
            claims.getIssuer(),
            name,
            resource.get(),
            scope instanceof String text ? text : "",
            SecretHash.of(claims.getIssuer() + "\n" + jti),
            ends.get().plus(SKEW)));
  }

  private static boolean isText(@Nullable String text) {
    return text != null && !text.isEmpty() && text.length() <= MAX_TEXT;
  }

  private static Optional<Instant> time(@Nullable Date date) {
    return Optional.ofNullable(date).map(Date::toInstant);
  }

  private static <T> Outcome<T> refused(String text) {
    return Outcome.failed(Reason.ASSERTION_REFUSED, text);
  }
}
