package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.util.Optional;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is kept of ACME, in a folder of its own (0700): the certificate with its key in one file, so
 * that no crash parts them, the accounts' keys, and the state. Every file is 0600 and replaced
 * whole.
 */
final class CertificateFiles {
  private static final int MOST_BYTES = 256 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;

  private CertificateFiles(Path folder) {
    this.folder = folder;
  }

  /** The files in {@code acme} below the data directory. */
  static CertificateFiles in(Path dataDir) throws IOException {
    Path folder = dataDir.resolve("acme");
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new CertificateFiles(folder);
  }

  private Path certificateFile() {
    return folder.resolve("certificate.pem");
  }

  /**
   * The certificate that was got last, whatever its age; empty where there is none that is whole.
   */
  Optional<TlsIdentity> certificate() {
    return PemFiles.read(certificateFile(), certificateFile())
            instanceof Outcome.Ok<TlsIdentity>(TlsIdentity identity)
        ? Optional.of(identity)
        : Optional.empty();
  }

  void write(TlsIdentity identity) throws IOException, CertificateEncodingException {
    var text = new StringBuilder(PemFiles.text("PRIVATE KEY", identity.key().getEncoded()));
    for (var certificate : identity.chain()) {
      text.append(PemFiles.text("CERTIFICATE", certificate.getEncoded()));
    }
    PrivateFile.write(certificateFile(), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The state; fresh where there is none that can be read. */
  KeeperState state(String settings) {
    if (PrivateFile.read(folder.resolve("state.json"), MOST_BYTES)
        instanceof Outcome.Ok<byte[]>(byte[] bytes)) {
      try {
        return JSON.readValue(bytes, KeeperState.class);
      } catch (JacksonException | IllegalArgumentException e) {
        return KeeperState.fresh(settings);
      }
    }
    return KeeperState.fresh(settings);
  }

  void write(KeeperState state) throws IOException {
    PrivateFile.write(folder.resolve("state.json"), JSON.writeValueAsBytes(state));
  }

  /** The key of the account at {@code directory}, made where there is none. */
  KeyPair accountKey(String directory) throws IOException {
    Path file = accountFile(directory);
    if (Files.exists(file)) {
      Optional<KeyPair> pair = EcKeys.parse(Files.readString(file));
      if (pair.isEmpty()) {
        throw new IOException(file + " holds no key");
      }
      return pair.get();
    }
    KeyPair made = EcKeys.make();
    PrivateFile.write(file, EcKeys.text(made).getBytes(StandardCharsets.US_ASCII));
    return made;
  }

  /** Puts a key aside whose account is closed; the next order opens another account. */
  void setAside(String directory) throws IOException {
    Path file = accountFile(directory);
    if (Files.exists(file)) {
      Files.move(file, Path.of(file + ".closed"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path accountFile(String directory) {
    var sum = new CRC32();
    sum.update(directory.getBytes(StandardCharsets.UTF_8));
    return folder.resolve("account-%08x.pem".formatted(sum.getValue()));
  }
}
