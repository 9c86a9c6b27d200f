package dev.doorward.agent.doctor;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.CaFile;
import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.HttpConnectors;
import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.dial.ProxyChoice;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.link.EdgeProbe;
import dev.doorward.agent.process.Environment;
import dev.doorward.agent.process.Programs;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.agent.ServiceConfig;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.config.value.ProxyServer;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Walks the way of a call: name of the edge, port or proxy, TLS and clock, certificate, edge,
 * services, MCP. Stops at the first hop that fails, because what lies behind it says nothing.
 * Blocks.
 */
public final class Doctor {
  private final AgentConfig config;
  private final AgentIdentity identity;
  private final InstantSource clock;
  private final NameLookup.Resolver resolver;
  private final Map<String, String> environment;
  private final List<Hop> hops = new ArrayList<>();

  /** A doctor for an agent that has joined; {@code environment} may name a proxy. */
  public Doctor(
      AgentConfig config,
      AgentIdentity identity,
      InstantSource clock,
      NameLookup.Resolver resolver,
      Map<String, String> environment) {
    this.config = config;
    this.environment = environment;
    this.identity = identity;
    this.clock = clock;
    this.resolver = resolver;
  }

  /** The hops up to the first bad one, or all. */
  public List<Hop> walk() {
    Optional<HostPort> edge = config.edge().or(() -> HostPort.parse(identity.edge()));
    if (edge.isEmpty()) {
      hops.add(
          new Hop.Bad(
              "identity",
              new Problem(
                  Reason.FILE_UNREADABLE,
                  "The stored address of the edge is damaged; set edge in agent.yaml.")));
      return hops;
    }
    switch (ProxyChoice.of(config.proxy(), environment, edge.get().host())) {
      case Outcome.Failed<Optional<ProxyServer>>(Problem problem) ->
          hops.add(new Hop.Bad("proxy", problem));
      case Outcome.Ok<Optional<ProxyServer>>(Optional<ProxyServer> proxy) -> {
        try (EventLoops loops = EventLoops.start("doctor", 1);
            NameLookup names = new NameLookup(resolver)) {
          walk(edge.get(), proxy, loops, names);
        }
      }
    }
    return List.copyOf(hops);
  }

  private void walk(
      HostPort edge, Optional<ProxyServer> proxy, EventLoops loops, NameLookup names) {
    Duration limit = config.limits().connectTimeout();
    Dialer dialer = new Dialer(loops, names);
    EdgeProbe probe = new EdgeProbe(edge, limit, loops, dialer.through(() -> proxy));
    TlsContexts contexts = new TlsContexts(TlsProvider.best());
    HostPort first = proxy.map(ProxyServer::address).orElse(edge);
    boolean good =
        say("name", name(first, limit, names))
            && say(proxy.isPresent() ? "proxy" : "port", probe.port())
            && say("tls", probe.tls(contexts, identity))
            && say("certificate", certificate())
            && say("edge", probe.link(contexts, identity, new LinkProbe(identity, clock)));
    if (!good) {
      return;
    }
    for (Map.Entry<ServiceName, ServiceConfig> service : config.services().entrySet()) {
      if (!say("service " + service.getKey(), service(service, loops, dialer, contexts, limit))
          || !say("mcp " + service.getKey(), mcp(service.getValue(), limit))) {
        return;
      }
    }
  }

  private boolean say(String name, Outcome<String> outcome) {
    return switch (outcome) {
      case Outcome.Ok<String>(String text) -> {
        hops.add(new Hop.Good(name, text));
        yield true;
      }
      case Outcome.Failed<String>(Problem problem) -> {
        hops.add(new Hop.Bad(name, problem));
        yield false;
      }
    };
  }

  private static Outcome<String> name(HostPort edge, Duration limit, NameLookup names) {
    try {
      List<InetAddress> found = literal(edge.host()).map(List::of).orElseGet(List::of);
      if (found.isEmpty()) {
        found = names.find(edge.host()).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      }
      return found.isEmpty()
          ? Outcome.failed(
              Reason.EDGE_UNREACHABLE,
              "The name "
                  + edge.host()
                  + ", has no address on this machine; check the name, and its DNS entry.")
          : Outcome.ok(
              edge.host()
                  + " is "
                  + String.join(", ", found.stream().map(InetAddress::getHostAddress).toList()));
    } catch (TimeoutException e) {
      return Outcome.failed(
          Reason.EDGE_UNREACHABLE,
          "The DNS servers of this machine did not answer for "
              + edge.host()
              + " in time; check /etc/resolv.conf and the network.");
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      return Outcome.failed(Reason.INTERNAL, "The name could not be looked up.");
    }
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Outcome<String> certificate() {
    Instant now = clock.instant();
    return now.isBefore(identity.ends())
        ? Outcome.ok("valid until " + identity.ends())
        : Outcome.failed(
            Reason.CERTIFICATE_EXPIRED,
            "This agent's certificate ended on "
                + identity.ends()
                + "; 'doorward agent run' asks the edge for a new one. If it is refused, make a new"
                + " invite on the edge with: doorward invite "
                + identity.agent());
  }

  private Outcome<String> service(
      Map.Entry<ServiceName, ServiceConfig> service,
      EventLoops loops,
      Dialer dialer,
      TlsContexts contexts,
      Duration limit) {
    if (!service.getValue().command().isEmpty()) {
      return command(service.getValue());
    }
    CompletableFuture<BackendHealth> health = new CompletableFuture<>();
    HttpConnectors connectors =
        new HttpConnectors(dialer, loops, contexts, (name, found) -> health.complete(found));
    return connectors
        .make(service.getKey(), service.getValue(), config.limits())
        .then(connector -> {
          connector.probe();
          return found(connector, health, limit);
        });
  }

  private static Outcome<String> found(
      Connector connector, CompletableFuture<BackendHealth> health, Duration limit) {
    BackendHealth found =
        health
            .completeOnTimeout(
                connector.health(), limit.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
            .join();
    return switch (found) {
      case BackendHealth.Up up -> Outcome.ok("takes connections");
      case BackendHealth.Untried untried ->
          Outcome.failed(Reason.BACKEND_UNREACHABLE, "It could not be tried in time.");
      case BackendHealth.Down(Problem problem) ->
          Outcome.failed(
              problem.reason(),
              "It cannot be reached: "
                  + problem.text()
                  + "; start the server, or correct its url in agent.yaml.");
    };
  }

  private static Outcome<String> command(ServiceConfig service) {
    return Environment.of(System.getenv(), service.environment(), service.environmentFile())
        .then(environment ->
            Programs.hindrance(
                    service.command().getFirst(),
                    environment.getOrDefault("PATH", ""),
                    service.directory().orElseGet(() -> Path.of("").toAbsolutePath()))
                .<Outcome<String>>map(problem ->
                    Outcome.failed(problem.reason(), "It cannot be run: " + problem.text() + "."))
                .orElseGet(() -> Outcome.ok("its command is there")));
  }

  private static Outcome<String> mcp(ServiceConfig service, Duration limit) {
    if (service.url().isEmpty()
        || service.socket().isPresent()
        || service.transport() == ServiceConfig.Transport.HTTP_SSE) {
      return Outcome.ok("is asked when it is called");
    }
    HttpUrl url = service.url().get();
    McpProbe probe = new McpProbe(limit);
    return service
        .ca()
        .<Outcome<String>>map(ca ->
            CaFile.read(ca).then((List<X509Certificate> cas) -> probe.ask(url, Optional.of(cas))))
        .orElseGet(() -> probe.ask(url, Optional.empty()));
  }
}
