package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The allow-table at one moment.
 *
 * @param offers what each agent was seen to offer
 * @param services what agents that are not revoked were seen to offer
 */
record AgentSnapshot(
    Map<AgentId, AgentEntry> agents,
    Map<AgentId, Set<ServiceName>> offers,
    Set<ServiceName> services) {

  /** Copies the maps and works out the services. */
  static AgentSnapshot of(Map<AgentId, AgentEntry> agents, Map<AgentId, Set<ServiceName>> offers) {
    Set<ServiceName> services = new HashSet<>();
    for (AgentEntry entry : agents.values()) {
      if (!entry.revoked()) {
        offers.getOrDefault(entry.id(), Set.of()).stream()
            .filter(s -> entry.services().isEmpty() || entry.services().contains(s))
            .forEach(services::add);
      }
    }
    return new AgentSnapshot(Map.copyOf(agents), Map.copyOf(offers), Set.copyOf(services));
  }
}
