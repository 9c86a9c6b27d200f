package dev.doorward.auth.enterprise;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of an identity provider: asked for anew after ten minutes, or after one where a
 * key is not among them; where it does not answer, the last ones are good for a day. Blocks.
 */
final class ProviderKeys {
  /** What assertions may be signed with. */
  static final List<String> ALGORITHMS = List.of("RS256", "PS256", "ES256");

  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration AGAIN = Duration.ofMinutes(1);
  private static final Duration LAST = Duration.ofDays(1);
  private static final int LEAST_RSA_BITS = 2048;

  private final Supplier<Optional<String>> source;
  private final InstantSource clock;
  private @Nullable JWKSet keys;
  private Instant readAt = Instant.EPOCH;
  private Instant triedAt = Instant.EPOCH;

  /**
   * Keys of one provider.
   *
   * @param source a JWK set, or empty where it cannot be had now; blocks
   */
  ProviderKeys(Supplier<Optional<String>> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** Whether one of the keys signed it, with an algorithm that is taken. */
  boolean signed(SignedJWT jwt) {
    JWSHeader header = jwt.getHeader();
    if (!ALGORITHMS.contains(header.getAlgorithm().getName()) || header.getKeyID() == null) {
      return false;
    }
    return find(header.getKeyID()).filter(key -> verifies(key, jwt)).isPresent();
  }

  private synchronized Optional<JWK> find(String kid) {
    Instant now = clock.instant();
    boolean stale = readAt.plus(FRESH).isBefore(now);
    boolean unknown = keys == null || keys.getKeyByKeyId(kid) == null;
    if ((stale || unknown) && triedAt.plus(AGAIN).isBefore(now)) {
      triedAt = now;
      source
          .get()
          .flatMap(ProviderKeys::parse)
          .ifPresent(read -> {
            keys = read;
            readAt = now;
          });
    }
    return keys == null || readAt.plus(LAST).isBefore(now)
        ? Optional.empty()
        : Optional.ofNullable(keys.getKeyByKeyId(kid));
  }

  private static Optional<JWKSet> parse(String text) {
    try {
      return Optional.of(JWKSet.parse(text).toPublicJWKSet());
    } catch (ParseException e) {
      return Optional.empty();
    }
  }

  private static boolean verifies(JWK key, SignedJWT jwt) {
    JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
    if (key.getAlgorithm() != null && !key.getAlgorithm().getName().equals(algorithm.getName())) {
      return false;
    }
    try {
      JWSVerifier verifier =
          switch (key) {
            case RSAKey rsa when rsa.size() >= LEAST_RSA_BITS -> new RSASSAVerifier(rsa);
            case ECKey ec when ec.getCurve().equals(Curve.P_256) -> new ECDSAVerifier(ec);
            default -> null;
          };
      return verifier != null
          && verifier.supportedJWSAlgorithms().contains(algorithm)
          && jwt.verify(verifier);
    } catch (JOSEException e) {
      return false;
    }
  }
}
