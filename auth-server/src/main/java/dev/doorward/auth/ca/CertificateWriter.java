package dev.doorward.auth.ca;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Writes the three kinds of certificate that there are (RFC 5280): root, server, agent. */
final class CertificateWriter {
  /** By how much a certificate starts before now, for peers whose clock is slow. */
  static final Duration BACK_DATED = Duration.ofMinutes(1);

  private static final X500Name NOBODY = new X500Name("");

  private final SecureRandom random;

  CertificateWriter(SecureRandom random) {
    this.random = random;
  }

  /** A self-signed root that signs leaf certificates only. */
  X509Certificate root(KeyPair pair, Instant now, Duration life) {
    byte[] tag = new byte[4];
    random.nextBytes(tag);
    X500Name name =
        new X500Name("CN=Doorward internal CA " + java.util.HexFormat.of().formatHex(tag));
    Validity validity = new Validity(now.minus(BACK_DATED), now.plus(life));
    return write(
        builder -> {
          var ids = new JcaX509ExtensionUtils();
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
          builder.addExtension(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
          builder.addExtension(
              Extension.subjectKeyIdentifier,
              false,
              ids.createSubjectKeyIdentifier(pair.getPublic()));
        },
        name,
        name,
        pair.getPublic(),
        pair.getPrivate(),
        validity);
  }

  /** A leaf for TLS servers; {@code names} are DNS names or IP addresses. */
  X509Certificate server(
      Signer signer, PublicKey key, List<String> names, Instant now, Duration life) {
    return leaf(
        signer,
        key,
        new GeneralNames(names.stream().map(CertificateWriter::name).toArray(GeneralName[]::new)),
        KeyPurposeId.id_kp_serverAuth,
        now,
        life);
  }

  /** A leaf for TLS clients whose only name is {@code uri}. */
  X509Certificate client(Signer signer, PublicKey key, String uri, Instant now, Duration life) {
    return leaf(
        signer,
        key,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)),
        KeyPurposeId.id_kp_clientAuth,
        now,
        life);
  }

  /** Who signs leaves: the root and its key. */
  record Signer(X509Certificate root, PrivateKey key) {}

  private record Validity(Instant from, Instant until) {}

  private interface Extensions {
    void add(X509v3CertificateBuilder builder) throws IOException, GeneralSecurityException;
  }

  private X509Certificate leaf(
      Signer signer,
      PublicKey key,
      GeneralNames names,
      KeyPurposeId purpose,
      Instant now,
      Duration life) {
    Instant rootEnds = signer.root().getNotAfter().toInstant();
    Instant until = now.plus(life);
    Validity validity =
        new Validity(now.minus(BACK_DATED), until.isAfter(rootEnds) ? rootEnds : until);
    return write(
        builder -> {
          var ids = new JcaX509ExtensionUtils();
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
          builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
          // Critical because the subject is empty (RFC 5280 section 4.2.1.6).
          builder.addExtension(Extension.subjectAlternativeName, true, names);
          builder.addExtension(
              Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
          builder.addExtension(
              Extension.authorityKeyIdentifier,
              false,
              ids.createAuthorityKeyIdentifier(signer.root().getPublicKey()));
        },
        X500Name.getInstance(signer.root().getSubjectX500Principal().getEncoded()),
        NOBODY,
        key,
        signer.key(),
        validity);
  }

  private X509Certificate write(
      Extensions extensions,
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      PrivateKey signingKey,
      Validity validity) {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer,
            serial(),
            Date.from(validity.from()),
            Date.from(validity.until()),
            subject,
            SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    try {
      extensions.add(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA")
                      .setSecureRandom(random)
                      .build(signingKey)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the certificate cannot be signed", e);
    }
  }

  /** 128 random bits, positive (RFC 5280 section 4.1.2.2). */
  private BigInteger serial() {
    return new BigInteger(128, random).add(BigInteger.ONE);
  }

  private static GeneralName name(String name) {
    boolean address = name.indexOf(':') >= 0 || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    if (!address) {
      return new GeneralName(GeneralName.dNSName, name);
    }
    String literal =
        name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    return new GeneralName(GeneralName.iPAddress, InetAddress.ofLiteral(literal).getHostAddress());
  }
}
