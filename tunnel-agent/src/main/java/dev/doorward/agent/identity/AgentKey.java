package dev.doorward.agent.identity;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** The agent's key pair, P-256. As text: PEM of the private half, then of the public one. */
public final class AgentKey {
  private final KeyPair pair;

  private AgentKey(KeyPair pair) {
    this.pair = pair;
  }

  /** A fresh key. */
  public static AgentKey make(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return new AgentKey(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  /** Reads {@link #pem}; empty where the text is no such key. */
  public static Optional<AgentKey> parse(byte[] pem) {
    String text = new String(pem, StandardCharsets.US_ASCII);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      if (!(parser.readObject() instanceof PrivateKeyInfo privateHalf)
          || !(parser.readObject() instanceof SubjectPublicKeyInfo publicHalf)) {
        return Optional.empty();
      }
      KeyFactory factory = KeyFactory.getInstance("EC");
      return Optional.of(
          new AgentKey(
              new KeyPair(
                  factory.generatePublic(new X509EncodedKeySpec(publicHalf.getEncoded())),
                  factory.generatePrivate(new PKCS8EncodedKeySpec(privateHalf.getEncoded())))));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The key as PEM; a secret. */
  public byte[] pem() {
    StringWriter out = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
      writer.writeObject(new JcaPKCS8Generator(pair.getPrivate(), null));
      writer.writeObject(pair.getPublic());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** DER of a PKCS#10 request that this key signs; it names nothing, the edge decides the name. */
  public byte[] request() {
    try {
      return new JcaPKCS10CertificationRequestBuilder(
              new X500Principal("CN=doorward agent"), pair.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("a P-256 key can sign", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The half that TLS signs with. */
  PrivateKey privateKey() {
    return pair.getPrivate();
  }

  /** DER SubjectPublicKeyInfo. */
  byte[] publicKey() {
    return pair.getPublic().getEncoded();
  }

  @Override
  public String toString() {
    return "AgentKey[***]";
  }
}
