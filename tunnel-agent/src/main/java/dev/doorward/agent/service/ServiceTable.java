package dev.doorward.agent.service;

import dev.doorward.agent.connect.Connector;
import dev.doorward.common.identity.ServiceName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The agent's own allow-table, from its file: what is not in it cannot be reached. Immutable. */
public record ServiceTable(Map<ServiceName, Connector> services) {
  /** Copies the map. */
  public ServiceTable {
    services = Map.copyOf(services);
  }

  /** The names, as they are told to the edge. */
  public Set<ServiceName> names() {
    return services.keySet();
  }

  /** The way to a service, or empty where this agent has none of that name. */
  public Optional<Connector> find(ServiceName name) {
    return Optional.ofNullable(services.get(name));
  }
}
