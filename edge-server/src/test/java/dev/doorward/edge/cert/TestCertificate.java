package dev.doorward.edge.cert;

import dev.doorward.transport.tls.TlsIdentity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that sign themselves, for tests. */
final class TestCertificate {
  private static final KeyPair KEY = EcKeys.make();
  private static int serial = 1;

  private TestCertificate() {}

  /** A certificate with its key. */
  static TlsIdentity of(List<String> names, Instant from, Duration life) {
    return new TlsIdentity(List.of(of(KEY.getPublic(), names, from, life)), KEY.getPrivate());
  }

  /** A certificate of somebody's key. */
  static synchronized X509Certificate of(
      PublicKey key, List<String> names, Instant from, Duration life) {
    try {
      var subject = new X500Name("CN=test");
      Instant start = from.truncatedTo(ChronoUnit.SECONDS);
      GeneralName[] alternatives =
          names.stream()
              .map(n ->
                  new GeneralName(
                      CertificateNames.isAddress(n) ? GeneralName.iPAddress : GeneralName.dNSName,
                      n))
              .toArray(GeneralName[]::new);
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      subject,
                      BigInteger.valueOf(serial++),
                      Date.from(start),
                      Date.from(start.plus(life)),
                      subject,
                      key)
                  .addExtension(
                      Extension.subjectAlternativeName, false, new GeneralNames(alternatives))
                  .addExtension(
                      Extension.authorityKeyIdentifier,
                      false,
                      new AuthorityKeyIdentifier(new byte[] {1, 2, 3, 4}))
                  .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEY.getPrivate())));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
