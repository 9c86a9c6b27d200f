package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Reads the operator's certificate and key, and writes certificates for others to trust. */
public final class PemFiles {
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
  private static final byte[] PROBE = {1, 2, 3, 4};

  private PemFiles() {}

  /** The identity in two PEM files; refused where they do not belong together. */
  public static Outcome<TlsIdentity> read(Path certificate, Path key) {
    try {
      List<X509Certificate> chain = chain(certificate);
      if (chain.isEmpty()) {
        return refused(certificate + " holds no certificate in PEM form.");
      }
      PrivateKey privateKey = key(key);
      if (privateKey == null) {
        return refused(key + " holds no private key in PEM form that is not encrypted.");
      }
      return fits(chain.getFirst(), privateKey)
          ? Outcome.ok(new TlsIdentity(chain, privateKey))
          : refused("The private key in " + key + " is not that of " + certificate + ".");
    } catch (CertificateException e) {
      return refused(certificate + " is not a chain of X.509 certificates in PEM form.");
    } catch (IOException e) {
      return Outcome.failed(
          Reason.FILE_UNREADABLE,
          "The certificate " + certificate + " or its key " + key + " cannot be read.");
    }
  }

  private static Outcome<TlsIdentity> refused(String text) {
    return Outcome.failed(Reason.CONFIG_VALUE_REFUSED, text);
  }

  private static List<X509Certificate> chain(Path file) throws IOException, CertificateException {
    List<X509Certificate> chain = new ArrayList<>();
    // The key may stand in the same file.
    Matcher blocks = CERTIFICATE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    while (blocks.find()) {
      var in = new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.ISO_8859_1));
      chain.add((X509Certificate) factory.generateCertificate(in));
    }
    return chain;
  }

  private static @org.jspecify.annotations.Nullable PrivateKey key(Path file) throws IOException {
    var converter = new JcaPEMKeyConverter();
    try (var parser = new PEMParser(new StringReader(Files.readString(file)))) {
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
        if (found instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    }
    return null;
  }

  private static boolean fits(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC", "ECDSA" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Replaces {@code file} by the certificate in PEM form. */
  public static void write(Path file, X509Certificate certificate)
      throws IOException, CertificateException {
    String text = text("CERTIFICATE", certificate.getEncoded());
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** PEM (RFC 7468) of {@code der}. */
  static String text(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
