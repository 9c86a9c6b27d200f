package dev.doorward.agent.main;

import dev.doorward.agent.bridge.ServiceConnectors;
import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.HttpConnectors;
import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.agent.identity.KeyRing;
import dev.doorward.agent.identity.Renewal;
import dev.doorward.agent.link.LinkStatus;
import dev.doorward.agent.link.Links;
import dev.doorward.agent.link.LinksSettings;
import dev.doorward.agent.process.Processes;
import dev.doorward.agent.service.ServiceCalls;
import dev.doorward.agent.service.ServiceTable;
import dev.doorward.agent.service.TokenGate;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.DpopProof;
import dev.doorward.common.token.SeenProofs;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.agent.ServiceConfig;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent: everything wired, from its file and its data directory. Opens no port. */
public final class AgentProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
  private static final long PROBE_SECONDS = 30;
  private static final long RENEWAL_SECONDS = 60;
  private static final int MOST_LOOPS = 2;

  private final AgentConfig config;
  private final DataDirectory directory;
  private final EventLoops loops;
  private final ExecutorService blocking;
  private final ScheduledExecutorService timer;
  private final NameLookup names;
  private final Renewal renewal;
  private final ServiceConnectors connectors;
  private final Links links;
  private final StatusSocket socket;
  private final Instant startedAt;
  private volatile ServiceTable table = new ServiceTable(Map.of());

  private AgentProcess(
      AgentConfig config,
      DataDirectory directory,
      IdentityStore store,
      AgentIdentity identity,
      HostPort edge,
      InstantSource clock,
      NameLookup.Resolver resolver)
      throws SSLException {
    this.config = config;
    this.directory = directory;
    this.startedAt = clock.instant();
    // A call costs the agent half of what it costs the edge, and the MCP servers run here too.
    int processors = Runtime.getRuntime().availableProcessors();
    loops = EventLoops.start("link", Math.min(MOST_LOOPS, Math.max(processors / 2, 1)));
    blocking = Executors.newVirtualThreadPerTaskExecutor();
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("timer").daemon().factory());
    SecureRandom random = new SecureRandom();
    TlsContexts contexts = new TlsContexts(TlsProvider.best());
    KeyRing keys = KeyRing.open(store, identity, clock);
    renewal = new Renewal(store, identity, clock, random);
    names = new NameLookup(resolver);
    Dialer dialer = new Dialer(loops, names);
    String instance = instance(random);
    connectors =
        new ServiceConnectors(
            new HttpConnectors(dialer, loops, contexts, this::onHealth),
            new Processes(instance.replaceAll("[^A-Za-z0-9]", "x")),
            blocking,
            random,
            System.getenv(),
            Version.current(),
            this::onHealth);
    var curves = new BouncyCastleProvider();
    DpopGate proofs =
        new DpopGate(new DpopProof.Verifier(curves), Optional.empty(), SeenProofs.standard());
    TokenVerifier verifier = new TokenVerifier(curves);
    ServiceCalls calls =
        new ServiceCalls(() -> table, new TokenGate(keys, verifier, proofs, clock, blocking));
    LinksSettings settings =
        new LinksSettings(
            edge,
            config.links(),
            config.limits().connectTimeout(),
            LinkSettings.defaults().withCalls(config.limits().callsPerLink()),
            Version.current(),
            instance,
            clock,
            random,
            blocking);
    links = new Links(settings, renewal, keys, () -> table, calls, loops, dialer, contexts);
    socket = new StatusSocket(loops, directory.resolve(StatusSocket.NAME), this::status);
  }

  private static String instance(SecureRandom random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Starts an agent. Refused where this machine has not joined, its directory is in use, or the
   * file names no service.
   */
  public static Outcome<AgentProcess> start(AgentConfig config, InstantSource clock) {
    return start(config, clock, InetAddress::getAllByName);
  }

  /** With a resolver of the caller's own, for tests. */
  static Outcome<AgentProcess> start(
      AgentConfig config, InstantSource clock, NameLookup.Resolver resolver) {
    if (config.services().isEmpty()) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED,
          "No service is configured, so there is nothing to offer; add one to agent.yaml, e.g."
              + " services: {notes: {url: \"http://127.0.0.1:3000/mcp\"}}.");
    }
    return DataDirectory.open(config.dataDir())
        .then(directory -> {
          Outcome<AgentProcess> started = start(config, directory, clock, resolver);
          if (started instanceof Outcome.Failed<AgentProcess>) {
            directory.close();
          }
          return started;
        });
  }

  private static Outcome<AgentProcess> start(
      AgentConfig config,
      DataDirectory directory,
      InstantSource clock,
      NameLookup.Resolver resolver) {
    IdentityStore store = new IdentityStore(directory.path());
    return store
        .load()
        .then(identity -> {
          Optional<HostPort> edge = config.edge().or(() -> HostPort.parse(identity.edge()));
          if (edge.isEmpty()) {
            return Outcome.failed(
                Reason.FILE_UNREADABLE,
                "The stored address of the edge is damaged; set edge in agent.yaml.");
          }
          try {
            AgentProcess agent =
                new AgentProcess(config, directory, store, identity, edge.get(), clock, resolver);
            return agent.begin(edge.get());
          } catch (SSLException e) {
            return Outcome.failed(
                Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage());
          }
        });
  }

  private Outcome<AgentProcess> begin(HostPort edge) {
    switch (services(config)) {
      case Outcome.Ok<ServiceTable>(ServiceTable made) -> table = made;
      case Outcome.Failed<ServiceTable>(Problem problem) -> {
        release();
        return Outcome.failed(problem);
      }
    }
    log.atInfo()
        .addKeyValue("event", "agent_started")
        .addKeyValue("agent", renewal.identity().agent())
        .addKeyValue("edge", edge)
        .addKeyValue("services", table.names())
        .addKeyValue("version", Version.current())
        .log("agent started");
    socket.open();
    links.start();
    timer.scheduleWithFixedDelay(this::probe, 0, PROBE_SECONDS, TimeUnit.SECONDS);
    timer.scheduleWithFixedDelay(
        () -> blocking.execute(links::renewIfDue),
        RENEWAL_SECONDS,
        RENEWAL_SECONDS,
        TimeUnit.SECONDS);
    return Outcome.ok(this);
  }

  private Outcome<ServiceTable> services(AgentConfig wanted) {
    Map<ServiceName, Connector> made = new LinkedHashMap<>();
    for (Map.Entry<ServiceName, ServiceConfig> service : wanted.services().entrySet()) {
      switch (connectors.make(service.getKey(), service.getValue(), wanted.limits())) {
        case Outcome.Ok<Connector>(Connector connector) -> made.put(service.getKey(), connector);
        case Outcome.Failed<Connector>(Problem problem) -> {
          return Outcome.failed(problem);
        }
      }
    }
    return Outcome.ok(new ServiceTable(made));
  }

  private void probe() {
    table.services().values().forEach(Connector::probe);
  }

  private void onHealth(ServiceName name, BackendHealth health) {
    switch (health) {
      case BackendHealth.Untried untried -> {}
      case BackendHealth.Up up -> {
        log.atInfo()
            .addKeyValue("event", "service_up")
            .addKeyValue("service", name)
            .log("service up");
        links.tellHealth(name, true);
      }
      case BackendHealth.Down(Problem problem) -> {
        log.atWarn()
            .addKeyValue("event", "service_down")
            .addKeyValue("reason", problem.reason())
            .addKeyValue("service", name)
            .log("service down: {}; its calls fail, the link stays", problem.text());
        links.tellHealth(name, false);
      }
    }
  }

  /** Renews the certificate if it is time, instead of at the next look; for tests. */
  void renewNow() {
    links.renewIfDue();
  }

  /** How this agent is at the moment. */
  AgentStatus status() {
    AgentIdentity identity = renewal.identity();
    return new AgentStatus(
        identity.agent(),
        config.edge().map(HostPort::toString).orElse(identity.edge()),
        identity.issuer(),
        Version.current(),
        startedAt,
        identity.ends(),
        links.status(),
        config.services(),
        table,
        links.granted());
  }

  /** Whether any link is up. */
  public boolean online() {
    return links.status().stream().anyMatch(link -> link.state() == LinkStatus.State.UP);
  }

  /** Drains the links, waits for running calls as long as the file says, and ends everything. */
  @Override
  public void close() {
    log.atInfo().addKeyValue("event", "agent_stopping").log("agent stops");
    timer.shutdownNow();
    Duration grace = config.limits().drain();
    links
        .stop(grace)
        .completeOnTimeout(null, grace.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
        .join();
    socket.close();
    table.services().values().forEach(Connector::close);
    release();
    directory.close();
  }

  private void release() {
    timer.shutdownNow();
    connectors.close();
    loops.close();
    names.close();
    blocking.close();
  }
}
