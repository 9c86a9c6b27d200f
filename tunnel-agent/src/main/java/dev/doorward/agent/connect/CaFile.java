package dev.doorward.agent.connect;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads the CA of a private service from its PEM file, at most 1 MiB. Blocks on the disk. */
public final class CaFile {
  private static final int MOST = 1 << 20;

  private CaFile() {}

  /** The certificates in {@code file}, at least one; refused where it holds anything else. */
  public static Outcome<List<X509Certificate>> read(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MOST + 1);
    } catch (IOException e) {
      return Outcome.failed(Reason.FILE_UNREADABLE, file + " cannot be read.");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate each : factory.generateCertificates(new ByteArrayInputStream(content))) {
        certificates.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      certificates.clear();
    }
    return certificates.isEmpty() || content.length > MOST
        ? Outcome.failed(
            Reason.CONFIG_VALUE_REFUSED,
            file + " holds no CA certificates in PEM form; put the CA's certificate there.")
        : Outcome.ok(List.copyOf(certificates));
  }
}
