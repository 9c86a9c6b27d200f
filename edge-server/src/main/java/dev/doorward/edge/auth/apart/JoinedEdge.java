package dev.doorward.edge.auth.apart;

import dev.doorward.auth.ca.P256;
import dev.doorward.auth.edges.EdgeInvite;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsIdentity;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an edge has of an auth-server on another machine: a key that it made, the certificate for
 * it, and the root that it trusts, in one private file.
 */
public final class JoinedEdge {
  private static final Logger LOG = LoggerFactory.getLogger(JoinedEdge.class);
  private static final String FILE = "auth-server.pem";
  private static final int MAX_FILE = 64 * 1024;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Path file;
  private volatile TlsIdentity identity;
  private volatile SslContext context;

  private JoinedEdge(Path file, TlsIdentity identity, SslContext context) {
    this.file = file;
    this.identity = identity;
    this.context = context;
  }

  /**
   * Uses an invite. Blocks.
   *
   * @param dataDir the edge's own directory, locked by the caller
   * @return the address that goes to edge.yaml
   */
  public static Outcome<HostPort> join(String invite, Path dataDir, SecureRandom random) {
    return EdgeInvite.parse(invite)
        .then(read -> {
          Optional<HostPort> address = HostPort.parse(read.edge());
          return address.isEmpty()
              ? Outcome.failed(Reason.INVITE_MALFORMED, "The invite names no address.")
              : join(read, address.get(), dataDir.resolve(FILE), random)
                  .then(_ -> Outcome.ok(address.get()));
        });
  }

  private static Outcome<TlsIdentity> join(
      Invite invite, HostPort address, Path file, SecureRandom random) {
    OwnKey key = OwnKey.make(random);
    SslContext tls;
    try {
      tls = new TlsContexts(TlsProvider.best()).authJoiner(invite.ca());
    } catch (SSLException e) {
      return Outcome.failed(Reason.INTERNAL, "TLS does not start here: " + e.getMessage());
    }
    try (EventLoops loops = EventLoops.start("join", 1);
        AuthWire wire =
            new AuthWire(
                new Place.Remote(address, () -> tls), loops, 1, TIMEOUT, System::nanoTime)) {
      return wire.ask(new Ask.Join(invite.id(), invite.secret().reveal(), key.request()))
          .then(key::with)
          .then(identity -> rootOf(identity, invite.ca()) ? write(file, identity) : OwnKey.odd());
    }
  }

  private static boolean rootOf(TlsIdentity identity, Fingerprint pin) {
    try {
      return Fingerprint.of(identity.chain().getLast().getEncoded()).equals(pin);
    } catch (CertificateException e) {
      return false;
    }
  }

  /** Reads what {@link #join} has written. */
  static Outcome<JoinedEdge> open(Path dataDir) {
    Path file = dataDir.resolve(FILE);
    if (!Files.exists(file)) {
      return Outcome.failed(
          Reason.EDGE_UNKNOWN,
          "This edge has not joined its auth-server; make an invite on that one's host with doorward"
              + " edges invite NAME, and run here: doorward edge-join INVITE");
    }
    return PrivateFile.read(file, MAX_FILE)
        .then(pem -> parse(file, pem))
        .then(identity ->
            context(identity).then(context -> Outcome.ok(new JoinedEdge(file, identity, context))));
  }

  private static Outcome<SslContext> context(TlsIdentity identity) {
    try {
      return Outcome.ok(
          new TlsContexts(TlsProvider.best()).authClient(identity, identity.chain().getLast()));
    } catch (SSLException e) {
      return Outcome.failed(
          Reason.FILE_UNREADABLE, "TLS does not take the edge's certificate: " + e.getMessage());
    }
  }

  SslContext context() {
    return context;
  }

  X509Certificate root() {
    return identity.chain().getLast();
  }

  /** Gets a new certificate for a new key after two thirds of the old one's life. */
  void renewWhereDue(Function<Ask, Outcome<Answer>> asking, Instant now, SecureRandom random) {
    X509Certificate leaf = identity.chain().getFirst();
    Instant from = leaf.getNotBefore().toInstant();
    Duration life = Duration.between(from, leaf.getNotAfter().toInstant());
    if (now.isBefore(from.plus(life.multipliedBy(2).dividedBy(3)))) {
      return;
    }
    OwnKey key = OwnKey.make(random);
    X509Certificate root = root();
    Outcome<SslContext> renewed =
        asking
            .apply(new Ask.Certificate(Ask.Purpose.EDGE, key.request()))
            .then(key::with)
            .then(fresh ->
                fresh.chain().getLast().equals(root)
                    ? write(file, fresh)
                        .then(written -> {
                          identity = written;
                          return context(written);
                        })
                    : OwnKey.odd());
    switch (renewed) {
      case Outcome.Ok<SslContext>(SslContext fresh) -> context = fresh;
      case Outcome.Failed<SslContext>(Problem problem) ->
          LOG.atWarn()
              .addKeyValue("event", "certificate_not_renewed")
              .addKeyValue("reason", problem.reason())
              .log(problem.text());
    }
  }

  private static Outcome<TlsIdentity> write(Path file, TlsIdentity identity) {
    var text = new StringBuilder();
    try {
      block(text, "PRIVATE KEY", identity.key().getEncoded());
      for (X509Certificate certificate : identity.chain()) {
        block(text, "CERTIFICATE", certificate.getEncoded());
      }
      PrivateFile.write(file, text.toString().getBytes(StandardCharsets.US_ASCII));
      return Outcome.ok(identity);
    } catch (IOException | CertificateException e) {
      return Outcome.failed(Reason.STORE_FAILED, file + " cannot be written; check the disk.");
    }
  }

  private static void block(StringBuilder text, String name, byte[] der) {
    text.append("-----BEGIN ").append(name).append("-----\n");
    text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    text.append("\n-----END ").append(name).append("-----\n");
  }

  private static Outcome<TlsIdentity> parse(Path file, byte[] pem) {
    String text = new String(pem, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN PRIVATE KEY-----";
    String end = "-----END PRIVATE KEY-----";
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    try {
      if (from != 0 || to < 0) {
        return damaged(file);
      }
      PrivateKey key =
          P256.privateKey(Base64.getMimeDecoder().decode(text.substring(begin.length(), to)));
      List<X509Certificate> chain = new ArrayList<>();
      var in =
          new ByteArrayInputStream(
              text.substring(to + end.length()).getBytes(StandardCharsets.US_ASCII));
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        chain.add((X509Certificate) each);
      }
      return chain.size() < 2 ? damaged(file) : Outcome.ok(new TlsIdentity(chain, key));
    } catch (CertificateException | IllegalArgumentException | IllegalStateException e) {
      return damaged(file);
    }
  }

  private static Outcome<TlsIdentity> damaged(Path file) {
    return Outcome.failed(
        Reason.FILE_UNREADABLE,
        file + " is damaged; join the auth-server anew with: doorward edge-join INVITE");
  }
}
