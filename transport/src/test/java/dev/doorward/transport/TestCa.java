package dev.doorward.transport;

import dev.doorward.common.identity.Fingerprint;
import dev.doorward.transport.tls.TlsIdentity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA like the internal one, for tests. */
public final class TestCa {
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final KeyPair pair;
  private final X509Certificate root;

  /** A CA with a fresh key. */
  public TestCa() {
    pair = keyPair();
    try {
      X509v3CertificateBuilder builder = builder("CN=test ca", pair);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      root = sign(builder);
    } catch (CertIOException e) {
      throw new AssertionError(e);
    }
  }

  /** The root. */
  public X509Certificate root() {
    return root;
  }

  /** What an invite pins. */
  public Fingerprint pin() {
    try {
      return Fingerprint.of(root.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A server's certificate for a DNS name. */
  public TlsIdentity server(String name) {
    return issue(
        List.of(new GeneralName(GeneralName.dNSName, name)),
        KeyPurposeId.id_kp_serverAuth,
        Duration.ofDays(1));
  }

  /** An agent's certificate. */
  public TlsIdentity agent(String id) {
    return client("spiffe://doorward/agent/" + id);
  }

  /** A client's certificate with URIs as its names. */
  public TlsIdentity client(String... uris) {
    return issue(
        java.util.Arrays.stream(uris)
            .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
            .toList(),
        KeyPurposeId.id_kp_clientAuth,
        Duration.ofDays(1));
  }

  /** An agent's certificate that ended an hour ago. */
  public TlsIdentity expiredAgent(String id) {
    return issue(
        List.of(
            new GeneralName(
                GeneralName.uniformResourceIdentifier, "spiffe://doorward/agent/" + id)),
        KeyPurposeId.id_kp_clientAuth,
        Duration.ofHours(-1));
  }

  /** A server's certificate that begins an hour from now. */
  public TlsIdentity futureServer(String name) {
    return issue(
        List.of(new GeneralName(GeneralName.dNSName, name)),
        KeyPurposeId.id_kp_serverAuth,
        Duration.ofHours(1),
        Duration.ofDays(1));
  }

  /** A server's certificate that ended an hour ago. */
  public TlsIdentity endedServer(String name) {
    return issue(
        List.of(new GeneralName(GeneralName.dNSName, name)),
        KeyPurposeId.id_kp_serverAuth,
        Duration.ofHours(-1));
  }

  private TlsIdentity issue(List<GeneralName> names, KeyPurposeId purpose, Duration life) {
    return issue(names, purpose, Duration.ofDays(-2), life);
  }

  private TlsIdentity issue(
      List<GeneralName> names, KeyPurposeId purpose, Duration from, Duration life) {
    KeyPair leaf = keyPair();
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              root,
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(Instant.now().plus(from)),
              Date.from(Instant.now().plus(life)),
              new X500Principal("CN=leaf"),
              leaf.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
      return new TlsIdentity(List.of(sign(builder), root), leaf.getPrivate());
    } catch (CertIOException e) {
      throw new AssertionError(e);
    }
  }

  private X509v3CertificateBuilder builder(String name, KeyPair subject) {
    return new JcaX509v3CertificateBuilder(
        new X500Principal(name),
        BigInteger.valueOf(SERIAL.incrementAndGet()),
        Date.from(Instant.now().minus(Duration.ofDays(2))),
        Date.from(Instant.now().plus(Duration.ofDays(10))),
        new X500Principal(name),
        subject.getPublic());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
