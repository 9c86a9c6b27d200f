package dev.doorward.agent.identity;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The agent's files in its data directory, all 0600 and replaced whole: {@code agent.key}, {@code
 * agent.pem} (chain), {@code edge} (agent, edge, issuer, a line each) and {@code keys.jws} (newest
 * key statement). {@code edge} is written last, so it is there only when all is. Blocks on the
 * disk.
 */
public final class IdentityStore {
  private static final String KEY = "agent.key";
  private static final String CHAIN = "agent.pem";
  private static final String EDGE = "edge";
  private static final String STATEMENT = "keys.jws";
  private static final int MAX_FILE = 128 * 1024;

  private final Path directory;

  /** The files in {@code directory}, whose lock the caller holds. */
  public IdentityStore(Path directory) {
    this.directory = directory;
  }

  /** Whether this directory is an enrolled agent's. */
  public boolean isEnrolled() {
    return Files.exists(directory.resolve(EDGE));
  }

  /** Stores a fresh enrolment over whatever was there. */
  public void enrolled(AgentIdentity identity, Stated statement) throws IOException {
    Files.deleteIfExists(directory.resolve(EDGE));
    PrivateFile.write(directory.resolve(KEY), identity.key().pem());
    renewed(identity);
    statement(statement);
    String edge = identity.agent() + "\n" + identity.edge() + "\n" + identity.issuer() + "\n";
    PrivateFile.write(directory.resolve(EDGE), edge.getBytes(StandardCharsets.UTF_8));
  }

  /** Stores a fresh chain. */
  public void renewed(AgentIdentity identity) throws IOException {
    PrivateFile.write(directory.resolve(CHAIN), pem(identity.chain()));
  }

  /**
   * A key statement as it is stored.
   *
   * @param seq its sequence number, readable even when the statement itself has expired
   */
  public record Stated(long seq, String jws) {}

  /** Stores the newest key statement. */
  public void statement(Stated stated) throws IOException {
    String text = stated.seq() + "\n" + stated.jws() + "\n";
    PrivateFile.write(directory.resolve(STATEMENT), text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The newest key statement; empty where none was stored or the file is damaged. */
  public Optional<Stated> statement() {
    return switch (PrivateFile.read(directory.resolve(STATEMENT), MAX_FILE)) {
      case Outcome.Failed<byte[]> failed -> Optional.empty();
      case Outcome.Ok<byte[]>(byte[] bytes) -> {
        List<String> lines = new String(bytes, StandardCharsets.US_ASCII).lines().toList();
        yield lines.size() == 2 && lines.getFirst().matches("[0-9]{1,18}")
            ? Optional.of(new Stated(Long.parseLong(lines.get(0)), lines.get(1)))
            : Optional.empty();
      }
    };
  }

  /** Reads the enrolment; refused where there is none, or where a file is damaged or too open. */
  public Outcome<AgentIdentity> load() {
    if (!isEnrolled()) {
      return Outcome.failed(
          Reason.NOT_RUNNING,
          "This machine is no agent yet (nothing in "
              + directory
              + "); get an invite on the edge host with 'doorward invite NAME' and run 'doorward"
              + " agent join INVITE'.");
    }
    return read(KEY)
        .then(
            key -> read(CHAIN).then(chain -> read(EDGE).then(edge -> identity(key, chain, edge))));
  }

  private Outcome<byte[]> read(String file) {
    return PrivateFile.read(directory.resolve(file), MAX_FILE);
  }

  private Outcome<AgentIdentity> identity(byte[] keyPem, byte[] chainPem, byte[] edge) {
    Optional<AgentKey> key = AgentKey.parse(keyPem);
    List<String> lines = new String(edge, StandardCharsets.UTF_8).lines().toList();
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate each : factory.generateCertificates(new ByteArrayInputStream(chainPem))) {
        chain.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      return damaged(CHAIN);
    }
    if (key.isEmpty()) {
      return damaged(KEY);
    }
    if (chain.size() < 2 || !(chain.getLast().getPublicKey() instanceof ECPublicKey)) {
      return damaged(CHAIN);
    }
    if (lines.size() != 3
        || !AgentId.isValid(lines.get(0))
        || Issuer.parse(lines.get(2)).isEmpty()) {
      return damaged(EDGE);
    }
    return Outcome.ok(
        new AgentIdentity(
            new AgentId(lines.get(0)), lines.get(1), new Issuer(lines.get(2)), key.get(), chain));
  }

  private Outcome<AgentIdentity> damaged(String file) {
    return Outcome.failed(
        Reason.FILE_UNREADABLE,
        directory.resolve(file)
            + " is damaged; put it back from a backup, or join again with a new invite.");
  }

  private static byte[] pem(List<X509Certificate> chain) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
    StringBuilder out = new StringBuilder();
    try {
      for (X509Certificate certificate : chain) {
        out.append("-----BEGIN CERTIFICATE-----\n")
            .append(base64.encodeToString(certificate.getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without encoding", e);
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
