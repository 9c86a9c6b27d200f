package dev.doorward.agent.service;

import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.Connectors;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentLimits;
import dev.doorward.config.agent.ServiceConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The services of this agent at the moment. Reading is safe on any thread. */
public final class LiveServices {
  private final Connectors connectors;
  private volatile ServiceTable table = new ServiceTable(Map.of());

  /** None yet; ways to services are made by {@code connectors}. */
  public LiveServices(Connectors connectors) {
    this.connectors = connectors;
  }

  /** The allow-table that counts now. */
  public ServiceTable table() {
    return table;
  }

  /** Makes ways to services, without offering them; refused where one cannot be made. Blocks. */
  public Outcome<ServiceTable> make(Map<ServiceName, ServiceConfig> wanted, AgentLimits limits) {
    Map<ServiceName, Connector> made = new LinkedHashMap<>();
    for (Map.Entry<ServiceName, ServiceConfig> service : wanted.entrySet()) {
      switch (connectors.make(service.getKey(), service.getValue(), limits)) {
        case Outcome.Ok<Connector>(Connector connector) -> made.put(service.getKey(), connector);
        case Outcome.Failed<Connector>(Problem problem) -> {
          return Outcome.failed(problem);
        }
      }
    }
    return Outcome.ok(new ServiceTable(made));
  }

  /** From now on those that were made count, and those that ended do not; the rest is untouched. */
  public void change(ServiceTable made, Set<ServiceName> ended) {
    Map<ServiceName, Connector> all = new LinkedHashMap<>(table.services());
    List<Connector> old = new ArrayList<>();
    ended.forEach(name -> old.add(all.remove(name)));
    made.services().forEach((name, connector) -> old.add(all.put(name, connector)));
    table = new ServiceTable(all);
    old.stream().filter(Objects::nonNull).forEach(Connector::close);
    made.services().values().forEach(Connector::probe);
  }

  /** Tries whether the servers are there. */
  public void probe() {
    table.services().values().forEach(Connector::probe);
  }

  /** Lets idle connections go. */
  public void close() {
    table.services().values().forEach(Connector::close);
  }
}
