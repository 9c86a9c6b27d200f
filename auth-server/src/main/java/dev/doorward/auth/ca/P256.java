package dev.doorward.auth.ca;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/** Keys on the curve P-256, the only one of the internal CA and of the token keys. */
public final class P256 {
  private static final String CURVE = "secp256r1";

  private P256() {}

  /** A fresh key pair; the public one is an {@link ECPublicKey}. */
  public static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /** The key of a DER SubjectPublicKeyInfo, or empty where that is no point on P-256. */
  public static Optional<ECPublicKey> publicKey(byte[] der) {
    try {
      ECPublicKey key =
          (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
      return isP256(key) ? Optional.of(key) : Optional.empty();
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /** The key of a DER PKCS#8 structure that this program wrote itself. */
  public static PrivateKey privateKey(byte[] der) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("not a private key that was written here", e);
    }
  }

  private static boolean isP256(ECPublicKey key) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(CURVE));
    ECParameterSpec p256 = parameters.getParameterSpec(ECParameterSpec.class);
    ECParameterSpec spec = key.getParams();
    if (!spec.getCurve().equals(p256.getCurve())
        || !spec.getGenerator().equals(p256.getGenerator())
        || !spec.getOrder().equals(p256.getOrder())
        || spec.getCofactor() != p256.getCofactor()) {
      return false;
    }
    var x = key.getW().getAffineX();
    var y = key.getW().getAffineY();
    var p = ((java.security.spec.ECFieldFp) p256.getCurve().getField()).getP();
    var right = x.multiply(x).add(p256.getCurve().getA()).multiply(x).add(p256.getCurve().getB());
    return x.signum() >= 0
        && x.compareTo(p) < 0
        && y.signum() >= 0
        && y.compareTo(p) < 0
        && y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  private static IllegalStateException missing(GeneralSecurityException e) {
    return new IllegalStateException("every Java platform that runs this has P-256", e);
  }
}
