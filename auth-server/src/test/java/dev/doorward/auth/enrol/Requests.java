package dev.doorward.auth.enrol;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests, good and bad. */
final class Requests {
  private Requests() {}

  static KeyPair pair(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What an agent sends. */
  static byte[] of(KeyPair pair) {
    return signed(pair, pair, "SHA256withECDSA", "");
  }

  static byte[] signed(KeyPair carried, KeyPair signer, String algorithm, String subject) {
    try {
      return builder(carried, subject)
          .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request that asks to be a CA, with names of others. */
  static byte[] greedy(KeyPair pair) {
    try {
      var wishes = new ExtensionsGenerator();
      wishes.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      wishes.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "edge.example"),
                new GeneralName(
                    GeneralName.uniformResourceIdentifier, "spiffe://doorward/agent/other")
              }));
      return builder(pair, "CN=other")
          .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wishes.generate())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JcaPKCS10CertificationRequestBuilder builder(KeyPair carried, String subject) {
    return new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), carried.getPublic());
  }
}
