package dev.doorward.auth.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The public keys with which a client signs its assertions. The kind of key decides the algorithm,
 * never the assertion alone: P-256 is ES256, P-384 is ES384, RSA of 2,048 bits or more is RS256 or
 * PS256.
 */
public final class ClientKeys {
  /** What assertions may be signed with. */
  public static final List<String> ALGORITHMS = List.of("ES256", "ES384", "PS256", "RS256");

  private static final int MOST_KEYS = 8;
  private static final int LEAST_RSA = 2048;
  private static final int MOST_RSA = 8192;
  private static final int MAX_TEXT = 16 * 1024;

  private final List<JWK> keys;

  private ClientKeys(List<JWK> keys) {
    this.keys = keys;
  }

  /** Reads a JWK set or one JWK (RFC 7517); a private key in it is refused. */
  public static Outcome<ClientKeys> parse(String json) {
    List<JWK> found;
    try {
      found =
          json.length() > MAX_TEXT
              ? List.of()
              : json.contains("\"keys\"") ? JWKSet.parse(json).getKeys() : List.of(JWK.parse(json));
    } catch (ParseException | IllegalArgumentException e) {
      return refused("The keys are no JWK set (RFC 7517).");
    }
    if (found.stream().anyMatch(JWK::isPrivate)) {
      return refused(
          "The keys hold a private one. Only its owner may have that: give the public part.");
    }
    List<JWK> usable = new ArrayList<>(found.stream().filter(ClientKeys::isUsable).toList());
    return usable.isEmpty() || found.size() > MOST_KEYS
        ? refused("The keys must be 1 to 8 of P-256, P-384 or RSA with 2048 to 8192 bits.")
        : Outcome.ok(new ClientKeys(usable));
  }

  /** The keys as a JWK set. */
  public String json() {
    return new JWKSet(keys).toString();
  }

  /** Whether one of the keys made the signature; the key that {@code kid} names, where it does. */
  boolean signed(SignedJWT jwt) {
    String kid = jwt.getHeader().getKeyID();
    for (JWK key : keys) {
      if ((kid == null || kid.equals(key.getKeyID())) && signed(jwt, key)) {
        return true;
      }
    }
    return false;
  }

  private static boolean signed(SignedJWT jwt, JWK key) {
    try {
      Optional<JWSVerifier> verifier = verifier(key, jwt.getHeader().getAlgorithm());
      return verifier.isPresent() && jwt.verify(verifier.get());
    } catch (JOSEException e) {
      return false;
    }
  }

  private static Optional<JWSVerifier> verifier(JWK key, JWSAlgorithm algorithm)
      throws JOSEException {
    return switch (key) {
      case ECKey ec when algorithm.equals(of(ec)) -> Optional.of(new ECDSAVerifier(ec));
      case RSAKey rsa when Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256).contains(algorithm) ->
          Optional.of(new RSASSAVerifier(rsa));
      default -> Optional.empty();
    };
  }

  private static JWSAlgorithm of(ECKey key) {
    return Curve.P_256.equals(key.getCurve()) ? JWSAlgorithm.ES256 : JWSAlgorithm.ES384;
  }

  private static boolean isUsable(JWK key) {
    boolean signs = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
    return signs
        && switch (key) {
          case ECKey ec -> Set.of(Curve.P_256, Curve.P_384).contains(ec.getCurve());
          case RSAKey rsa -> rsa.size() >= LEAST_RSA && rsa.size() <= MOST_RSA;
          default -> false;
        };
  }

  private static <T> Outcome<T> refused(String text) {
    return Outcome.failed(Reason.CLIENT_METADATA_REFUSED, text);
  }
}
