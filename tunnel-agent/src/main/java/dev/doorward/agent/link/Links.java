package dev.doorward.agent.link;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.KeyRing;
import dev.doorward.agent.identity.Renewal;
import dev.doorward.agent.identity.Revival;
import dev.doorward.agent.service.ServiceTable;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.AgentCallHandler;
import dev.doorward.transport.link.AgentLinkSession;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All links of this agent, and what they share: identity, keys, services. Safe on any thread. */
public final class Links {
  private static final Logger log = LoggerFactory.getLogger(Links.class);
  private static final Duration STAGGER = Duration.ofMillis(250);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private volatile LinksSettings settings;
  private final Renewal renewal;
  private final Revival revival;
  private final KeyRing keys;
  private final Supplier<ServiceTable> table;
  private final AgentCallHandler handler;
  private final TlsContexts contexts;
  private final EventLoops loops;
  private final Dialer dialer;
  private volatile LinkDialer links;
  private final List<LinkKeeper> keepers = new CopyOnWriteArrayList<>();
  private volatile SslContext tls;
  private volatile Set<ServiceName> granted = Set.of();
  private volatile Set<ServiceName> told = Set.of();

  /** Links that are not dialled yet. */
  public Links(
      LinksSettings settings,
      Renewal renewal,
      Revival revival,
      KeyRing keys,
      Supplier<ServiceTable> table,
      AgentCallHandler handler,
      EventLoops loops,
      Dialer dialer,
      TlsContexts contexts)
      throws SSLException {
    this.settings = settings;
    this.renewal = renewal;
    this.revival = revival;
    this.keys = keys;
    this.table = table;
    this.handler = handler;
    this.contexts = contexts;
    this.tls = context(renewal.identity());
    this.loops = loops;
    this.dialer = dialer;
    this.links = new LinkDialer(dialer, settings.edge(), settings.connectTimeout());
  }

  private SslContext context(AgentIdentity identity) throws SSLException {
    return contexts.linkClient(identity.tls(), identity.ca());
  }

  /** Dials all links, the first one at once. */
  public void start() {
    resize(settings.count());
  }

  /** Keeps so many links from now on: new ones are dialled, those that are too many drained. */
  public void resize(int count) {
    for (int i = keepers.size(); i < count; i++) {
      LinkKeeper fresh = new LinkKeeper(i, loops.group().next(), this);
      keepers.add(fresh);
      fresh.start(STAGGER.multipliedBy(i));
    }
    while (keepers.size() > count) {
      var _ = keepers.removeLast().stop(GRACE);
    }
  }

  /** Dials in another way from now on; links that are up are replaced, one by one. */
  public void redial(HostPort edge, Duration connectTimeout, LinkSettings link) {
    settings = settings.withDial(edge, connectTimeout, link);
    links = new LinkDialer(dialer, edge, connectTimeout);
    keepers.forEach(LinkKeeper::replace);
  }

  /** Tells the edge, over every link, which services there are now, and how their servers are. */
  public void tellServices() {
    Set<ServiceName> names = table.get().names();
    onEachLink(link -> {
      link.services(names);
      tellHealth(link);
    });
  }

  private void onEachLink(Consumer<AgentLinkSession> task) {
    for (LinkKeeper keeper : keepers) {
      keeper
          .loop()
          .execute(() -> {
            AgentLinkSession link = keeper.current();
            if (link != null) {
              task.accept(link);
            }
          });
    }
  }

  /** How the links are. */
  public List<LinkStatus> status() {
    return keepers.stream().map(LinkKeeper::status).toList();
  }

  /** Those of the agent's services that the edge lets it offer; empty before the first link. */
  public Set<ServiceName> granted() {
    return granted;
  }

  /** No new calls; running ones have {@code grace}. Completes when all links are gone. */
  public CompletableFuture<Void> stop(Duration grace) {
    return CompletableFuture.allOf(
        keepers.stream().map(keeper -> keeper.stop(grace)).toArray(CompletableFuture[]::new));
  }

  /** Asks for a fresh certificate where it is time; call it every minute or so. */
  public void renewIfDue() {
    if (!renewal.due()) {
      return;
    }
    byte[] csr = renewal.identity().key().request();
    for (LinkKeeper keeper : keepers) {
      if (keeper.status().state() == LinkStatus.State.UP) {
        keeper.loop().execute(() -> renewOver(keeper, csr));
        return;
      }
    }
  }

  private static void renewOver(LinkKeeper keeper, byte[] csr) {
    AgentLinkSession link = keeper.current();
    if (link != null) {
      link.renew(csr);
    }
  }

  /** Tells the edge, over every link, how a service's MCP server is. */
  public void tellHealth(ServiceName service, boolean up) {
    onEachLink(link -> link.health(service, up));
  }

  // What the keepers need.

  LinksSettings settings() {
    return settings;
  }

  LinkDialer dialer() {
    return links;
  }

  SslContext tls() {
    return tls;
  }

  AgentCallHandler handler() {
    return handler;
  }

  AgentLinkSession.Self self(int index) {
    return new AgentLinkSession.Self(
        settings.software(), settings.instance(), index, table.get().names());
  }

  boolean expired() {
    return renewal.expired();
  }

  /** Gets a certificate in place of the one that has ended; completes with why not, or empty. */
  CompletableFuture<Optional<Problem>> revive() {
    log.atWarn()
        .addKeyValue("event", "certificate_expired")
        .addKeyValue("ended", renewal.identity().ends())
        .log("this agent slept past the end of its certificate and asks for a new one");
    return revival
        .now()
        .exceptionally(failure ->
            Optional.of(new Problem(Reason.INTERNAL, "The agent could not ask for a certificate.")))
        .thenApply(problem -> problem.isPresent() ? problem : use(renewal.identity()));
  }

  private Optional<Problem> use(AgentIdentity identity) {
    try {
      tls = context(identity);
      return Optional.empty();
    } catch (SSLException e) {
      return Optional.of(
          new Problem(Reason.INTERNAL, "The fresh certificate cannot be used on this machine."));
    }
  }

  CompletionStage<Optional<Problem>> checkHello(String issuer, String statement) {
    if (!issuer.equals(renewal.identity().issuer().value())) {
      return CompletableFuture.completedFuture(
          Optional.of(
              new Problem(
                  Reason.EDGE_NOT_TRUSTED,
                  "The public URL of the edge has changed; this agent must join again with a new"
                      + " invite.")));
    }
    return CompletableFuture.supplyAsync(() -> keys.offer(statement), settings.blocking());
  }

  void offerKeys(String statement) {
    settings
        .blocking()
        .execute(() ->
            keys.offer(statement)
                .ifPresent(problem ->
                    log.atWarn()
                        .addKeyValue("event", "key_statement_refused")
                        .addKeyValue("reason", problem.reason())
                        .log("{}", problem.text())));
  }

  void granted(Set<ServiceName> services) {
    granted = services;
    Set<ServiceName> refused =
        table.get().names().stream()
            .filter(name -> !services.contains(name))
            .collect(Collectors.toUnmodifiableSet());
    if (!refused.equals(told)) {
      told = refused;
      if (!refused.isEmpty()) {
        log.atWarn()
            .addKeyValue("event", "services_not_granted")
            .addKeyValue("services", refused)
            .log(
                "the edge does not let this agent offer these services; its invite was for others");
      }
    }
  }

  void tellHealth(AgentLinkSession link) {
    table
        .get()
        .services()
        .forEach((name, connector) -> {
          switch (connector.health()) {
            case BackendHealth.Untried untried -> {}
            case BackendHealth.Up up -> link.health(name, true);
            case BackendHealth.Down down -> link.health(name, false);
          }
        });
  }

  void renewed(List<byte[]> chain) {
    settings.blocking().execute(() -> acceptRenewal(chain));
  }

  private void acceptRenewal(List<byte[]> chain) {
    switch (renewal.accept(chain)) {
      case Outcome.Failed<AgentIdentity>(Problem problem) -> renewalRefused(problem);
      case Outcome.Ok<AgentIdentity>(AgentIdentity identity) -> {
        Optional<Problem> problem = use(identity);
        if (problem.isPresent()) {
          renewalRefused(problem.get());
          return;
        }
        log.atInfo()
            .addKeyValue("event", "certificate_renewed")
            .addKeyValue("ends", identity.ends())
            .log("certificate renewed");
        keepers.forEach(LinkKeeper::replace);
      }
    }
  }

  void renewalRefused(Problem problem) {
    log.atWarn()
        .addKeyValue("event", "certificate_not_renewed")
        .addKeyValue("reason", problem.reason())
        .log("{}", problem.text());
  }
}
