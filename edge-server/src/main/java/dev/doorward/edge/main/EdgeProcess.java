package dev.doorward.edge.main;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.PeekLimits;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.edge.LimitsConfig;
import dev.doorward.config.value.Origin;
import dev.doorward.edge.admin.AdminApi;
import dev.doorward.edge.admin.AdminServer;
import dev.doorward.edge.admin.Desk;
import dev.doorward.edge.admin.Kept;
import dev.doorward.edge.audit.AuditFile;
import dev.doorward.edge.audit.DenialRecorder;
import dev.doorward.edge.auth.AuthBridge;
import dev.doorward.edge.auth.EmbeddedAuth;
import dev.doorward.edge.auth.apart.ApartAuth;
import dev.doorward.edge.call.CallParts;
import dev.doorward.edge.call.ServiceEndpoint;
import dev.doorward.edge.call.TokenStep;
import dev.doorward.edge.cert.AcmeCertificates;
import dev.doorward.edge.cert.PemFiles;
import dev.doorward.edge.legacy.SessionSeal;
import dev.doorward.edge.link.CloneWatch;
import dev.doorward.edge.link.Dispatcher;
import dev.doorward.edge.link.LinkBook;
import dev.doorward.edge.link.LinkRegistry;
import dev.doorward.edge.link.OpenCalls;
import dev.doorward.edge.link.RelayPlan;
import dev.doorward.edge.pipeline.BodyBudget;
import dev.doorward.edge.pipeline.CallIds;
import dev.doorward.edge.pipeline.ConnectionLimitHandler;
import dev.doorward.edge.pipeline.Endpoints;
import dev.doorward.edge.pipeline.FixedEndpoint;
import dev.doorward.edge.pipeline.PublicPipeline;
import dev.doorward.edge.reply.Challenge;
import dev.doorward.edge.reply.Cors;
import dev.doorward.edge.route.Router;
import dev.doorward.policy.engine.PolicySnapshot;
import dev.doorward.policy.limit.AddressLimit;
import dev.doorward.transport.http.HttpLimits;
import dev.doorward.transport.http.OriginCheck;
import dev.doorward.transport.link.EdgeLinkAcceptor;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.PeerListener;
import dev.doorward.transport.tls.TlsPeer;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge from its configuration to its end: opens its parts in order, wires them, and closes them
 * in reverse. What cannot be opened is told as one problem, and what was open before is closed.
 */
final class EdgeProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeProcess.class);
  private static final String SCOPE = "mcp";
  private static final Duration LINK_WAIT = Duration.ofMillis(800);
  private static final long POLL_MILLIS = 50;

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

  private final EdgeConfig config;
  private final SecureRandom random;
  private final Deque<Closing> closings = new ArrayDeque<>();
  private final OpenCalls openCalls = new OpenCalls();
  private final ConnectionLimitHandler connections;

  private AuthBridge auth;
  private PublicPort port;
  private EdgeLinkAcceptor acceptor;

  /** Opens everything and serves. Blocks. */
  static Outcome<EdgeProcess> start(EdgeConfig config, InstantSource clock, SecureRandom random) {
    try {
      return Outcome.ok(new EdgeProcess(config, clock, random));
    } catch (Refused e) {
      return Outcome.failed(e.problem);
    }
  }

  private EdgeProcess(EdgeConfig config, InstantSource clock, SecureRandom random) {
    this.config = config;
    this.random = random;
    this.connections =
        new ConnectionLimitHandler(
            config.limits().connections(), config.limits().connectionsPerAddress());
    try {
      DataDirectory data = need(DataDirectory.open(config.dataDir()));
      closings.push(data::close);
      AuditFile audit = openAudit(data);
      closings.push(audit::close);
      auth = openAuth(data, audit, clock);
      closings.push(auth::close);
      Certificates certificates =
          need(Certificates.open(config.tls(), config.publicUrl(), auth, clock, data.path()));
      writeRoot(data);

      ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
      ThreadPoolExecutor verifiers =
          TokenStep.threads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
      closings.push(verifiers::shutdownNow);
      EventLoops loops =
          EventLoops.start(
              "edge", EventLoops.threadsFor(Runtime.getRuntime().availableProcessors(), 1));
      closings.push(loops::close);

      var registry = new LinkRegistry(auth.allowTable(virtual));
      var book = new LinkBook(clock);
      var tokens =
          new TokenStep(auth.verification(), auth.clock(), verifiers, Ticker.systemTicker());
      var denials = new DenialRecorder(audit);
      closings.push(() -> denials.flush(clock.instant()));
      acceptor =
          new EdgeLinkAcceptor(
              auth.linkGate(virtual),
              new LinkEvents(
                  registry,
                  book,
                  cloneWatch(registry, book, audit, clock),
                  config.limits().linksPerAgent()),
              LinkSettings.defaults().withCalls(config.limits().callsPerLink()),
              Version.TEXT,
              System::nanoTime);
      port = listen(tokens, audit, denials, registry, certificates, loops, virtual);
      Optional<AcmeCertificates> acme = Optional.empty();
      if (config.tls().acme().acceptTerms()) {
        AcmeCertificates started =
            need(
                AcmeCertificates.start(
                    config.tls().acme(),
                    new AcmeCertificates.Surroundings(
                        config.publicUrl(),
                        data.path(),
                        certificates.contexts(),
                        loops,
                        connections,
                        clock,
                        random),
                    certificates::use));
        closings.push(started::close);
        acme = Optional.of(started);
      }
      var api =
          AdminApi.edge(
              config.publicUrl(),
              Version.TEXT,
              clock.instant(),
              auth.agentsDesk(),
              new AdminApi.Running(
                  registry, openCalls, book, new CertificateOperator(certificates, acme)),
              auth.kept(),
              auth.elsewhere());
      AdminServer admin = need(AdminServer.open(data.path(), loops.group(), api, virtual));
      closings.push(admin::close);
      watch(tokens, certificates);
    } catch (Refused e) {
      closeAll();
      throw e;
    }
  }

  private AuthBridge openAuth(DataDirectory data, AuditFile audit, InstantSource clock) {
    if (config.authServer().isApart()) {
      return need(ApartAuth.open(config, data.path(), clock, random, Version.TEXT));
    }
    return need(EmbeddedAuth.open(config, data.path(), audit, clock, random));
  }

  private static CloneWatch cloneWatch(
      LinkRegistry registry, LinkBook book, AuditFile audit, InstantSource clock) {
    return new CloneWatch(
        registry,
        (link, delay, task) -> link.eventLoop().schedule(task, delay.toSeconds(), TimeUnit.SECONDS),
        (agent, one, other) -> {
          book.cloned(agent, one, other);
          LOG.atWarn()
              .addKeyValue("event", "agent_key_cloned")
              .addKeyValue("agent", agent)
              .addKeyValue("from", one)
              .addKeyValue("and_from", other)
              .log(
                  "one agent's key is used by two processes at once; if only one of them is yours:"
                      + " doorward agents revoke {}",
                  agent);
          var _ =
              audit.append(
                  new AuditEvent.Noted(
                      clock.instant(),
                      "agent_key_cloned",
                      Map.of("agent", agent.value(), "from", one, "and_from", other)));
        });
  }

  private PublicPort listen(
      TokenStep tokens,
      AuditFile audit,
      DenialRecorder denials,
      LinkRegistry registry,
      Certificates certificates,
      EventLoops loops,
      ExecutorService virtual) {
    Issuer issuer = config.publicUrl();
    LimitsConfig limits = config.limits();
    var endpoints =
        new Endpoints(
            new Router(issuer),
            new ServiceEndpoint(parts(tokens, audit, denials, registry)),
            auth.endpoint(virtual),
            FixedEndpoint.health(),
            FixedEndpoint.unknown(),
            new CallIds(random),
            new BodyBudget(limits.heldBodies().bytes()),
            EdgeProcess::fault);
    var pipeline =
        new PublicPipeline(issuer.authority(), issuer.port(), httpLimits(limits), endpoints);
    EnrolHandler.Grantor grantor = auth.grantor();
    PeerListener listener =
        (channel, peer) -> {
          switch (peer) {
            case TlsPeer.Public open when open.protocol().equals("h2") -> pipeline.http2(channel);
            case TlsPeer.Public _ -> pipeline.http1(channel);
            case TlsPeer.Link link -> acceptor.accept(channel, link);
            case TlsPeer.Enrol _ -> EnrolHandler.install(channel, grantor, virtual);
          }
        };
    return need(
        PublicPort.open(
            config.listen(),
            loops,
            connections,
            certificates.contexts(),
            config.tls().handshakeTimeout(),
            listener));
  }

  private CallParts parts(
      TokenStep tokens, AuditFile audit, DenialRecorder denials, LinkRegistry registry) {
    Issuer issuer = config.publicUrl();
    LimitsConfig limits = config.limits();
    Set<String> origins = new HashSet<>(Set.of(issuer.value()));
    config.allowedOrigins().stream().map(Origin::value).forEach(origins::add);
    Supplier<PolicySnapshot> current =
        new CurrentPolicy(
            new AddressLimit(limits.requestsPerSecond(), limits.requestBurst()),
            auth.revoked(),
            auth.access(),
            SCOPE,
            auth::scopes);
    PeekLimits peek = PeekLimits.defaults();
    return new CallParts(
        new OriginCheck(origins),
        new Cors(origins),
        new Challenge(issuer, SCOPE),
        tokens,
        auth.proofs(),
        new McpPeek(
            new PeekLimits(
                limits.body().asInt(),
                limits.jsonDepth(),
                peek.stringBytes(),
                peek.keyChars(),
                peek.numberChars(),
                peek.tokens(),
                peek.batch(),
                peek.methodChars())),
        current,
        new Credits(),
        new SessionSeal(auth.sealKey()),
        new Dispatcher(registry),
        openCalls,
        audit,
        denials,
        RelayPlan.of(limits.sseKeepAlive(), limits.responseHeadTimeout()),
        limits.body().asInt(),
        LINK_WAIT,
        auth.clock());
  }

  private static HttpLimits httpLimits(LimitsConfig limits) {
    return new HttpLimits(
        limits.requestLine().asInt(),
        limits.headers().asInt(),
        limits.headerCount(),
        limits.header().asInt(),
        limits.body().asInt(),
        limits.headerTimeout(),
        limits.idleTimeout(),
        limits.bodyTimeout(),
        limits.bodyRate().asInt(),
        limits.writeStall(),
        limits.streamsPerConnection());
  }

  /** Ties changes of the authorization server to what they must reach. */
  private void watch(TokenStep tokens, Certificates certificates) {
    auth.onRevocation(() -> openCalls.recheck(auth.revoked()));
    auth.onAgentsChanged(acceptor::recheck);
    auth.onKeysChanged(() -> {
      tokens.forget();
      acceptor.announceKeys();
    });
    ScheduledExecutorService keeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("keeper").daemon(true).factory());
    closings.push(keeper::shutdownNow);
    keeper.scheduleWithFixedDelay(
        () -> {
          try {
            auth.maintain();
            certificates.maintain();
          } catch (RuntimeException e) {
            fault(e);
          }
        },
        1,
        1,
        TimeUnit.MINUTES);
  }

  /** The operator's side of the process; empty where the auth-server is one of its own. */
  Optional<Desk> desk() {
    return auth.kept().map(Kept::desk);
  }

  /** The port that the edge listens on. */
  int port() {
    return port.port();
  }

  /** Serves no more: running calls have their time, then everything ends. Blocks. */
  @Override
  public void close() {
    port.stopListening();
    openCalls.endStreams();
    port.drain();
    long end = System.nanoTime() + config.limits().drain().toNanos();
    try {
      while (openCalls.size() > 0 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      openCalls.cutAll();
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    acceptor.closeAll(Reason.SHUTTING_DOWN);
    closeAll();
  }

  private void closeAll() {
    while (!closings.isEmpty()) {
      try {
        closings.pop().close();
      } catch (IOException | RuntimeException e) {
        fault(e);
      }
    }
  }

  private static AuditFile openAudit(DataDirectory data) {
    return need(audit(data));
  }

  /** The audit record of a data directory. */
  static Outcome<AuditFile> audit(DataDirectory data) {
    try {
      return Outcome.ok(AuditFile.open(data.resolve("audit")));
    } catch (IOException e) {
      return Outcome.failed(
          new Problem(
              Reason.AUDIT_UNAVAILABLE,
              "The audit record in "
                  + data.resolve("audit")
                  + " cannot be written; check the disk"
                  + " and the owner of the directory."));
    }
  }

  private void writeRoot(DataDirectory data) {
    try {
      PemFiles.write(data.resolve("ca.pem"), auth.root());
    } catch (IOException | CertificateException e) {
      throw new Refused(
          new Problem(
              Reason.STORE_FAILED, data.resolve("ca.pem") + " cannot be written; check the disk."));
    }
  }

  private static <T> T need(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T>(Problem problem) -> throw new Refused(problem);
    };
  }

  /** Broken connections are daily bread; everything else is told. */
  private static void fault(Throwable cause) {
    if (cause instanceof IOException) {
      LOG.atDebug().addKeyValue("event", "connection_broken").setCause(cause).log();
    } else {
      LOG.atError()
          .addKeyValue("event", "fault")
          .addKeyValue("reason", Reason.INTERNAL)
          .setCause(cause)
          .log("something that should not happen");
    }
  }
}
