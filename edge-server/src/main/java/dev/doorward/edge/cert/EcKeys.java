package dev.doorward.edge.cert;

import java.io.IOException;
import java.io.StringReader;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.ECGenParameterSpec;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Key pairs on P-256, and how they are written. */
final class EcKeys {
  private EcKeys() {}

  static KeyPair make() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /** Private and public key in PEM form. */
  static String text(KeyPair pair) {
    return PemFiles.text("PRIVATE KEY", pair.getPrivate().getEncoded())
        + PemFiles.text("PUBLIC KEY", pair.getPublic().getEncoded());
  }

  /** The pair in {@code text}, or empty where it is none. */
  static Optional<KeyPair> parse(String text) {
    try (var parser = new PEMParser(new StringReader(text))) {
      return parser.readObject() instanceof PrivateKeyInfo privateKey
              && parser.readObject() instanceof SubjectPublicKeyInfo publicKey
          ? Optional.of(new JcaPEMKeyConverter().getKeyPair(new PEMKeyPair(publicKey, privateKey)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
