package dev.doorward.agent.main;

import dev.doorward.agent.bridge.ServiceConnectors;
import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.HttpConnectors;
import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.dial.ProxyChoice;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.EnrolClient;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.agent.identity.KeyRing;
import dev.doorward.agent.identity.Renewal;
import dev.doorward.agent.identity.Revival;
import dev.doorward.agent.link.LinkStatus;
import dev.doorward.agent.link.Links;
import dev.doorward.agent.link.LinksSettings;
import dev.doorward.agent.process.Processes;
import dev.doorward.agent.service.CallCounts;
import dev.doorward.agent.service.LiveServices;
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
import dev.doorward.config.agent.AgentChange;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.ProxyServer;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent: everything wired, from its file and its data directory. Opens no port. */
public final class AgentProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
  private static final long PROBE_SECONDS = 30;
  private static final long RENEWAL_SECONDS = 60;
  private static final long WATCH_SECONDS = 2;
  private static final int MOST_LOOPS = 2;

  private volatile AgentConfig config;
  private volatile Optional<ProxyServer> proxy;
  private volatile Optional<ConfigFollower> follower = Optional.empty();
  private final DataDirectory directory;
  private final EventLoops loops;
  private final ExecutorService blocking;
  private final ScheduledExecutorService timer;
  private final NameLookup names;
  private final Renewal renewal;
  private final ServiceConnectors connectors;
  private final LiveServices services;
  private final Links links;
  private final StatusSocket socket;
  private final Instant startedAt;

  private AgentProcess(
      AgentConfig config,
      Optional<ProxyServer> proxy,
      DataDirectory directory,
      IdentityStore store,
      AgentIdentity identity,
      InstantSource clock,
      NameLookup.Resolver resolver)
      throws SSLException {
    this.config = config;
    this.proxy = proxy;
    this.directory = directory;
    this.startedAt = clock.instant();
    int processors = Runtime.getRuntime().availableProcessors();
    loops = EventLoops.start("link", Math.min(MOST_LOOPS, processors));
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
    Dialer out = dialer.through(() -> this.proxy);
    services = new LiveServices(connectors);
    var curves = new BouncyCastleProvider();
    DpopGate proofs =
        new DpopGate(new DpopProof.Verifier(curves), Optional.empty(), SeenProofs.standard());
    TokenVerifier verifier = new TokenVerifier(curves);
    CallCounts counts = new CallCounts();
    ServiceCalls calls =
        new ServiceCalls(
            services::table, new TokenGate(keys, verifier, proofs, clock, blocking), counts);
    Revival revival =
        new Revival(
            new EnrolClient(loops, out, contexts, config.limits().connectTimeout()),
            renewal,
            keys,
            () -> edgeOf(this.config),
            Version.current(),
            blocking);
    LinksSettings settings =
        new LinksSettings(
            edgeOf(config),
            config.links(),
            config.limits().connectTimeout(),
            linkSettings(config),
            Version.current(),
            instance,
            clock,
            random,
            blocking);
    links =
        new Links(settings, renewal, revival, keys, services::table, calls, loops, out, contexts);
    socket = new StatusSocket(loops, directory.resolve(StatusSocket.NAME), this::status, counts);
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
      return Outcome.failed(nothingToOffer());
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
        .then(identity ->
            edgeOf(config, identity)
                .then(edge -> ProxyChoice.of(config.proxy(), System.getenv(), edge.host()))
                .then(proxy -> {
                  try {
                    return new AgentProcess(
                            config, proxy, directory, store, identity, clock, resolver)
                        .begin();
                  } catch (SSLException e) {
                    return Outcome.failed(
                        Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage());
                  }
                }));
  }

  private static Outcome<HostPort> edgeOf(AgentConfig config, AgentIdentity identity) {
    return config
        .edge()
        .or(() -> HostPort.parse(identity.edge()))
        .<Outcome<HostPort>>map(Outcome::ok)
        .orElseGet(() ->
            Outcome.failed(
                Reason.FILE_UNREADABLE,
                "The stored address of the edge is damaged; set edge in agent.yaml."));
  }

  private HostPort edgeOf(AgentConfig from) {
    return from.edge().or(() -> HostPort.parse(renewal.identity().edge())).orElseThrow();
  }

  private Outcome<AgentProcess> begin() {
    switch (services.make(config.services(), config.limits())) {
      case Outcome.Ok<ServiceTable>(ServiceTable made) -> services.change(made, Set.of());
      case Outcome.Failed<ServiceTable>(Problem problem) -> {
        release();
        return Outcome.failed(problem);
      }
    }
    log.atInfo()
        .addKeyValue("event", "agent_started")
        .addKeyValue("agent", renewal.identity().agent())
        .addKeyValue("edge", edgeOf(config))
        .addKeyValue("services", services.table().names())
        .addKeyValue("version", Version.current())
        .log("agent started");
    socket.open();
    links.start();
    timer.scheduleWithFixedDelay(services::probe, PROBE_SECONDS, PROBE_SECONDS, TimeUnit.SECONDS);
    timer.scheduleWithFixedDelay(
        () -> blocking.execute(links::renewIfDue),
        RENEWAL_SECONDS,
        RENEWAL_SECONDS,
        TimeUnit.SECONDS);
    return Outcome.ok(this);
  }

  /**
   * Takes another configuration, as far as it differs; refused as a whole where a part of it cannot
   * be had. Links and services that it does not change are not touched; calls that run go on.
   * Blocks on files; one at a time.
   */
  synchronized Outcome<AgentChange> reload(AgentConfig next) {
    AgentConfig now = config;
    AgentChange change = AgentChange.between(now, next);
    if (next.services().isEmpty()) {
      return Outcome.failed(nothingToOffer());
    }
    return ProxyChoice.of(next.proxy(), System.getenv(), edgeOf(next).host())
        .then(chosen ->
            services
                .make(change.made(), next.limits())
                .then(made -> {
                  config = next;
                  proxy = chosen;
                  services.change(made, change.ended());
                  take(change, now, next);
                  return Outcome.ok(change);
                }));
  }

  private void take(AgentChange change, AgentConfig now, AgentConfig next) {
    if (change.names(now)) {
      links.tellServices();
    }
    if (change.dial()) {
      links.redial(edgeOf(next), next.limits().connectTimeout(), linkSettings(next));
    }
    if (change.count()) {
      links.resize(next.links());
    }
    if (change.log()) {
      Logging.set(next.log());
    }
  }

  /** Follows {@code file}, which {@code read} reads, from now on. */
  void follow(Path file, Supplier<Outcome<AgentConfig>> read) {
    ConfigFollower following = new ConfigFollower(file, read, this::reload);
    follower = Optional.of(following);
    timer.scheduleWithFixedDelay(following::look, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
  }

  private static LinkSettings linkSettings(AgentConfig from) {
    return LinkSettings.defaults().withCalls(from.limits().callsPerLink());
  }

  private static Problem nothingToOffer() {
    return new Problem(
        Reason.CONFIG_VALUE_REFUSED,
        "No service is configured, so there is nothing to offer; add one to agent.yaml, e.g."
            + " services: {notes: {url: \"http://127.0.0.1:3000/mcp\"}}.");
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
        edgeOf(config).toString(),
        identity.issuer(),
        Version.current(),
        startedAt,
        identity.ends(),
        links.status(),
        config.services(),
        services.table(),
        links.granted(),
        follower.flatMap(ConfigFollower::notTaken));
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
    services.close();
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
