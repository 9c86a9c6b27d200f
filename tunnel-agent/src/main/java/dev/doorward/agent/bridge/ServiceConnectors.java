package dev.doorward.agent.bridge;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.Connectors;
import dev.doorward.agent.connect.HttpConnector;
import dev.doorward.agent.connect.HttpConnectors;
import dev.doorward.agent.process.Environment;
import dev.doorward.agent.process.Launch;
import dev.doorward.agent.process.Processes;
import dev.doorward.agent.process.Programs;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentLimits;
import dev.doorward.config.agent.ProcessLimits;
import dev.doorward.config.agent.ServiceConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Makes the ways to all services: those with a URL elsewhere, those that are commands here. */
public final class ServiceConnectors implements Connectors, AutoCloseable {
  private final HttpConnectors http;
  private final Processes processes;
  private final Executor executor;
  private final SecureRandom random;
  private final Map<String, String> environment;
  private final String version;
  private final BiConsumer<ServiceName, BackendHealth> onHealth;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("bridge-timer").daemon().factory());

  /**
   * Makes them.
   *
   * @param http makes those with a URL
   * @param processes runs commands
   * @param executor for work that may block, on virtual threads
   * @param environment the agent's own, of which a command gets what is allowed
   * @param version told to servers
   * @param onHealth told of each change, on any thread; must not block
   */
  public ServiceConnectors(
      HttpConnectors http,
      Processes processes,
      Executor executor,
      SecureRandom random,
      Map<String, String> environment,
      String version,
      BiConsumer<ServiceName, BackendHealth> onHealth) {
    this.http = http;
    this.processes = processes;
    this.executor = executor;
    this.random = random;
    this.environment = Map.copyOf(environment);
    this.version = version;
    this.onHealth = onHealth;
  }

  @Override
  public Outcome<Connector> make(ServiceName name, ServiceConfig service, AgentLimits limits) {
    if (service.transport() == ServiceConfig.Transport.HTTP_SSE) {
      return http.http(service, limits, ignored -> {})
          .then(connector -> Outcome.ok(events(name, service, limits, connector)));
    }
    if (service.command().isEmpty()) {
      return http.make(name, service, limits);
    }
    return Environment.of(environment, service.environment(), service.environmentFile())
        .then(given -> Outcome.ok(command(name, service, limits, given)));
  }

  private Connector events(
      ServiceName name, ServiceConfig service, AgentLimits limits, HttpConnector connector) {
    return bridge(
        name,
        service,
        limits,
        new SseLines(name, connector, service.limits().message().asInt()),
        () -> {
          connector.probe();
          return connector.health() instanceof BackendHealth.Down(Problem problem)
              ? Optional.of(problem)
              : Optional.empty();
        });
  }

  private Connector command(
      ServiceName name, ServiceConfig service, AgentLimits limits, Map<String, String> given) {
    ProcessLimits bounds = service.limits();
    Path directory = service.directory().orElseGet(() -> Path.of("").toAbsolutePath());
    Launch launch =
        new Launch(
            name,
            service.command(),
            given,
            directory,
            bounds.memory().map(size -> OptionalLong.of(size.bytes())).orElse(OptionalLong.empty()),
            bounds.stopTime(),
            bounds.message().asInt());
    return bridge(
        name,
        service,
        limits,
        new CommandLines(processes, launch),
        () ->
            Programs.hindrance(
                launch.command().getFirst(),
                launch.environment().getOrDefault("PATH", ""),
                launch.directory()));
  }

  private Connector bridge(
      ServiceName name,
      ServiceConfig service,
      AgentLimits limits,
      ServerLine.Source source,
      Supplier<Optional<Problem>> look) {
    return new BridgeConnector(
        new BridgeSettings(
            name,
            service.processes() == ServiceConfig.Processes.SHARED,
            service.limits(),
            limits.responseHeadTimeout(),
            version),
        source,
        look,
        executor,
        timer,
        System::nanoTime,
        random,
        health -> onHealth.accept(name, health));
  }

  /** Ends all processes. */
  @Override
  public void close() {
    processes.close();
    timer.shutdownNow();
  }
}
