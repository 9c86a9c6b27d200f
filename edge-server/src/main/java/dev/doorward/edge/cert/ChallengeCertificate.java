package dev.doorward.edge.cert;

import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The self-signed certificate that proves a name in a handshake (RFC 8737 section 3, for addresses
 * RFC 8738 section 6).
 */
final class ChallengeCertificate {
  private static final ASN1ObjectIdentifier ACME_IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
  private static final Duration LIFE = Duration.ofDays(1);

  private ChallengeCertificate() {}

  /** For a host name or address; {@code digest} is the SHA-256 of the key authorization. */
  static TlsIdentity of(String name, byte[] digest, Instant now) {
    KeyPair key = EcKeys.make();
    var subject = new X500Name("CN=challenge");
    int kind = CertificateNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName;
    try {
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          subject,
                          BigInteger.ONE,
                          Date.from(now.minus(LIFE)),
                          Date.from(now.plus(LIFE)),
                          subject,
                          key.getPublic())
                      .addExtension(
                          Extension.subjectAlternativeName,
                          false,
                          new GeneralNames(new GeneralName(kind, name)))
                      .addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest))
                      .build(
                          new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
      return new TlsIdentity(List.of(certificate), key.getPrivate());
    } catch (IOException | CertificateException | OperatorCreationException e) {
      throw new IllegalStateException("a certificate of these parts can be made", e);
    }
  }

  /** The server name that a validator asks for: an address is turned into its reverse name. */
  static String serverName(String name) {
    if (!CertificateNames.isAddress(name)) {
      return name;
    }
    byte[] address = InetAddress.ofLiteral(name).getAddress();
    var text = new StringBuilder();
    boolean four = address.length == Integer.BYTES;
    for (ByteBuffer left = ByteBuffer.wrap(address); left.hasRemaining(); ) {
      int part = left.get() & 0xff;
      text.insert(
          0,
          four
              ? part + "."
              : Integer.toHexString(part & 15) + "." + Integer.toHexString(part >> 4) + ".");
    }
    return text + (four ? "in-addr.arpa" : "ip6.arpa");
  }
}
