package dev.doorward.auth.token;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import dev.doorward.auth.ca.P256;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;

/**
 * A key of the issuer.
 *
 * @param kid RFC 7638 thumbprint of the public key
 */
record SigningKey(String kid, ECPublicKey publicKey, PrivateKey privateKey, KeySchedule.Turn turn) {
  static SigningKey generate(KeySchedule.Turn turn, SecureRandom random) {
    KeyPair pair = P256.generate(random);
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    try {
      String kid = new ECKey.Builder(Curve.P_256, key).build().computeThumbprint().toString();
      return new SigningKey(kid, key, pair.getPrivate(), turn);
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  SigningKey until(KeySchedule.Turn other) {
    return new SigningKey(
        kid, publicKey, privateKey, new KeySchedule.Turn(turn.from(), other.from()));
  }

  /** The public part as a JWK (RFC 7517). */
  ECKey jwk() {
    Algorithm es256 = JWSAlgorithm.ES256;
    return new ECKey.Builder(Curve.P_256, publicKey)
        .keyID(kid)
        .keyUse(KeyUse.SIGNATURE)
        .algorithm(es256)
        .build();
  }
}
