package dev.doorward.edge.main;

import dev.doorward.auth.edges.Edges;
import dev.doorward.auth.port.AuthPort;
import dev.doorward.auth.port.Feed;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.edge.admin.AdminApi;
import dev.doorward.edge.admin.AdminServer;
import dev.doorward.edge.admin.Desk;
import dev.doorward.edge.admin.Kept;
import dev.doorward.edge.audit.AuditFile;
import dev.doorward.edge.auth.EdgesOperator;
import dev.doorward.edge.auth.EmbeddedAuth;
import dev.doorward.edge.cert.PemFiles;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The auth-server as a process of its own, from its configuration to its end. It opens its parts in
 * order and closes them in reverse.
 */
final class AuthProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuthProcess.class);
  private static final Duration IDENTITY_FOR = Duration.ofDays(30);

  /** Ends the opening; its problem is the outcome. */
  private static final class Refused extends RuntimeException {
    private final transient Problem problem;

    Refused(Problem problem) {
      super(problem.text(), null, false, false);
      this.problem = problem;
    }
  }

  private interface Closing {
    void close() throws IOException;
  }

  private final AuthConfig config;
  private final Deque<Closing> closings = new ArrayDeque<>();
  private final EmbeddedAuth auth;
  private final AuthPort port;
  private final TlsContexts tls = new TlsContexts(TlsProvider.best());
  private volatile SslContext context;
  private Instant contextSince;

  /** Opens everything and serves. Blocks. */
  static Outcome<AuthProcess> start(AuthConfig config, InstantSource clock, SecureRandom random) {
    try {
      return Outcome.ok(new AuthProcess(config, clock, random));
    } catch (Refused e) {
      return Outcome.failed(e.problem);
    }
  }

  private AuthProcess(AuthConfig config, InstantSource clock, SecureRandom random) {
    this.config = config;
    try {
      DataDirectory data = need(DataDirectory.open(config.dataDir()));
      closings.push(data::close);
      AuditFile audit = need(EdgeProcess.audit(data));
      closings.push(audit::close);
      auth = need(EmbeddedAuth.open(config, data.path(), audit, clock, random));
      closings.push(auth::close);
      PemFiles.write(data.resolve("ca.pem"), auth.root());
      context = tls.authServer(auth.portIdentity(), auth.root());
      contextSince = clock.instant();

      ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
      closings.push(virtual::shutdownNow);
      EventLoops loops = EventLoops.start("port", 2);
      closings.push(loops::close);
      Edges edges = auth.edges(audit, random);
      Feed feed = auth.feed(hello(data, random));
      port =
          need(
              AuthPort.open(
                  config.port(),
                  config.socket(),
                  auth.answers(edges),
                  feed,
                  edges,
                  () -> context,
                  loops,
                  virtual));
      closings.push(port::close);
      var api =
          AdminApi.authServer(
              config.publicUrl(),
              Version.TEXT,
              clock.instant(),
              auth.kept().orElseThrow(),
              new EdgesOperator(edges, config.port().listen()));
      AdminServer admin = need(AdminServer.open(data.path(), loops.group(), api, virtual));
      closings.push(admin::close);
      keep(feed, clock);
    } catch (Refused e) {
      closeAll();
      throw e;
    } catch (IOException | CertificateException e) {
      closeAll();
      throw new Refused(
          new Problem(
              Reason.STORE_FAILED,
              config.dataDir() + " cannot be written, or TLS does not start; check the disk."));
    }
  }

  private FeedLine.Hello hello(DataDirectory data, SecureRandom random)
      throws CertificateException {
    byte[] instance = new byte[12];
    random.nextBytes(instance);
    return new FeedLine.Hello(
        Version.TEXT,
        HexFormat.of().formatHex(instance),
        config.publicUrl().value(),
        auth.root().getEncoded(),
        auth.scopes().stream()
            .map(s -> new FeedLine.Scope(s.scope(), s.service().value(), s.tools()))
            .toList(),
        data.resolve(AdminServer.SOCKET).toString());
  }

  private void keep(Feed feed, InstantSource clock) {
    ScheduledExecutorService keeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("keeper").daemon(true).factory());
    ScheduledExecutorService pulse =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("pulse").daemon(true).factory());
    closings.push(keeper::shutdownNow);
    closings.push(pulse::shutdownNow);
    pulse.scheduleAtFixedRate(
        feed::beat, FeedLine.BEAT_MILLIS, FeedLine.BEAT_MILLIS, TimeUnit.MILLISECONDS);
    keeper.scheduleWithFixedDelay(
        () -> {
          try {
            auth.maintain();
            renewWhereDue(clock.instant());
          } catch (RuntimeException | SSLException e) {
            LOG.atError()
                .addKeyValue("event", "fault")
                .addKeyValue("reason", Reason.INTERNAL)
                .setCause(e)
                .log("something that should not happen");
          }
        },
        1,
        1,
        TimeUnit.MINUTES);
  }

  private void renewWhereDue(Instant now) throws SSLException {
    if (now.isAfter(contextSince.plus(IDENTITY_FOR))) {
      context = tls.authServer(auth.portIdentity(), auth.root());
      contextSince = now;
    }
  }

  /** The operator's side of the process. */
  Desk desk() {
    return auth.kept().map(Kept::desk).orElseThrow();
  }

  /** The TCP port that edges of other machines reach, or -1. */
  int port() {
    return port.port();
  }

  @Override
  public void close() {
    LOG.atInfo().addKeyValue("event", "auth_stopping").log("edges are left alone for a while");
    closeAll();
  }

  private void closeAll() {
    while (!closings.isEmpty()) {
      try {
        closings.pop().close();
      } catch (IOException | RuntimeException e) {
        LOG.atError().addKeyValue("event", "fault").setCause(e).log("a part did not close well");
      }
    }
  }

  private static <T> T need(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T>(Problem problem) -> throw new Refused(problem);
    };
  }
}
