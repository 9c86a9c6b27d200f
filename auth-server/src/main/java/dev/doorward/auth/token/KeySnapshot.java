package dev.doorward.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.token.VerificationKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The signing keys at one moment, ready for use.
 *
 * @param signers in the order of their turns, never empty
 */
record KeySnapshot(
    List<Signer> signers, VerificationKeys keys, String jwks, SigningKeyRows.Statement statement) {

  /** A key and what signs with it. */
  record Signer(SigningKey key, ECDSASigner signer) {}

  static KeySnapshot of(List<SigningKey> keys, SigningKeyRows.Statement statement, Issuer issuer) {
    List<Signer> signers = new ArrayList<>();
    Map<String, java.security.interfaces.ECPublicKey> byId = new HashMap<>();
    List<JWK> jwks = new ArrayList<>();
    for (SigningKey key : keys) {
      signers.add(new Signer(key, signer(key)));
      byId.put(key.kid(), key.publicKey());
      jwks.add(key.jwk());
    }
    return new KeySnapshot(
        List.copyOf(signers),
        new VerificationKeys(issuer, byId),
        new JWKSet(jwks).toString(),
        statement);
  }

  private static ECDSASigner signer(SigningKey key) {
    try {
      // On the JDK's curves: they sign faster than Bouncy Castle's, although they verify slower.
      return new ECDSASigner(key.privateKey(), Curve.P_256);
    } catch (JOSEException e) {
      throw new IllegalStateException("a key on P-256 signs ES256", e);
    }
  }

  /** Whose turn it is: the last key whose turn has begun, else the first. */
  Signer at(Instant now) {
    Signer turn = signers.getFirst();
    for (Signer signer : signers) {
      if (!signer.key().turn().from().isAfter(now)) {
        turn = signer;
      }
    }
    return turn;
  }
}
