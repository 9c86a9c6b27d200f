package dev.doorward.auth.client;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An assertion with which a client authenticates (RFC 7523 section 3): signed by one of its keys,
 * from it and about it, for this issuer and nobody else, short-lived, used once. That the issuer is
 * the only audience keeps another server from getting one that it could use here.
 *
 * @param hash names the assertion among all clients' ones
 * @param expiresAt when it need not be remembered any more
 */
record ClientAssertion(SecretHash hash, Instant expiresAt) {
  /** The only kind of client assertion there is. */
  static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private static final int MAX_LENGTH = 8 * 1024;
  private static final int MAX_JTI = 256;
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Set<String> TYPES = Set.of("jwt", "client-authentication+jwt");

  /** Who it says it is from; nothing is checked. */
  static Optional<String> claimedBy(String text) {
    return parse(text).flatMap(jwt -> claims(jwt)).map(JWTClaimsSet::getSubject);
  }

  /** Checks everything but whether it was used before. */
  static Outcome<ClientAssertion> verify(
      String text, ClientId client, ClientKeys keys, Issuer issuer, Instant now) {
    Optional<SignedJWT> jwt = parse(text).filter(ClientAssertion::isPlain);
    Optional<JWTClaimsSet> claims = jwt.flatMap(ClientAssertion::claims);
    if (jwt.isEmpty() || claims.isEmpty()) {
      return refused("The client assertion is malformed.");
    }
    if (!keys.signed(jwt.get())) {
      return refused(
          "The client assertion is not signed by a key of the client with one of "
              + String.join(", ", ClientKeys.ALGORITHMS)
              + ".");
    }
    return check(claims.get(), client, issuer, now);
  }

  private static Outcome<ClientAssertion> check(
      JWTClaimsSet claims, ClientId client, Issuer issuer, Instant now) {
    if (!client.value().equals(claims.getIssuer()) || !client.value().equals(claims.getSubject())) {
      return refused("iss and sub of the client assertion must be the client_id.");
    }
    if (!claims.getAudience().equals(List.of(issuer.value()))) {
      return refused("aud of the client assertion must be the issuer alone.");
    }
    if (claims.getExpirationTime() == null
        || !claims.getExpirationTime().toInstant().isAfter(now.minus(SKEW))) {
      return refused("The client assertion has expired, or has no exp.");
    }
    Instant expires = claims.getExpirationTime().toInstant();
    if (expires.isAfter(now.plus(LONGEST).plus(SKEW))) {
      return refused("The client assertion lives longer than 10 minutes.");
    }
    if (isLater(claims.getIssueTime(), now) || isLater(claims.getNotBeforeTime(), now)) {
      return refused("The client assertion is from the future.");
    }
    String jti = claims.getJWTID();
    if (jti == null || jti.isEmpty() || jti.length() > MAX_JTI) {
      return refused("The client assertion needs a jti of at most 256 characters.");
    }
    return Outcome.ok(
        new ClientAssertion(SecretHash.of(client.value() + "\n" + jti), expires.plus(SKEW)));
  }

  private static boolean isLater(@Nullable Date time, Instant now) {
    return time != null && time.toInstant().isAfter(now.plus(SKEW));
  }

  /** No key, certificate, critical or unencoded extension in the header (RFC 8725 section 3). */
  private static boolean isPlain(SignedJWT jwt) {
    JWSHeader header = jwt.getHeader();
    boolean type =
        header.getType() == null
            || TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT));
    return type
        && ClientKeys.ALGORITHMS.contains(header.getAlgorithm().getName())
        && Set.of("alg", "typ", "kid").containsAll(header.getIncludedParams());
  }

  private static Optional<SignedJWT> parse(String text) {
    try {
      return text.length() > MAX_LENGTH ? Optional.empty() : Optional.of(SignedJWT.parse(text));
    } catch (ParseException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<JWTClaimsSet> claims(SignedJWT jwt) {
    try {
      return Optional.ofNullable(jwt.getJWTClaimsSet());
    } catch (ParseException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static <T> Outcome<T> refused(String text) {
    return Outcome.failed(Reason.CLIENT_UNPROVEN, text);
  }
}
