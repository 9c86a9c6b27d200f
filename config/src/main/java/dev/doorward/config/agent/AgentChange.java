package dev.doorward.config.agent;

import dev.doorward.common.identity.ServiceName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one configuration of an agent changes of another; pure. What is not in it stays untouched.
 *
 * @param made services that are new, or of which something is different now
 * @param ended services that are gone
 * @param count whether the number of links is another
 * @param dial whether links are dialled in another way, so that those that are up are replaced
 * @param log whether log lines are written in another way
 * @param restart whether something changed that only a restart can change
 */
public record AgentChange(
    Map<ServiceName, ServiceConfig> made,
    Set<ServiceName> ended,
    boolean count,
    boolean dial,
    boolean log,
    boolean restart) {
  /** Copies the collections. */
  public AgentChange {
    made = Map.copyOf(made);
    ended = Set.copyOf(ended);
  }

  /** What {@code next} changes of {@code now}. */
  public static AgentChange between(AgentConfig now, AgentConfig next) {
    AgentLimits before = now.limits();
    AgentLimits after = next.limits();
    boolean reached =
        !before.connectTimeout().equals(after.connectTimeout())
            || !before.responseHeadTimeout().equals(after.responseHeadTimeout());
    Map<ServiceName, ServiceConfig> made = new HashMap<>();
    next.services()
        .forEach((name, service) -> {
          if (reached || !service.equals(now.services().get(name))) {
            made.put(name, service);
          }
        });
    Set<ServiceName> ended = new HashSet<>(now.services().keySet());
    ended.removeAll(next.services().keySet());
    return new AgentChange(
        made,
        ended,
        now.links() != next.links(),
        !now.edge().equals(next.edge())
            || !now.proxy().equals(next.proxy())
            || !before.connectTimeout().equals(after.connectTimeout())
            || before.callsPerLink() != after.callsPerLink(),
        !now.log().equals(next.log()),
        !now.dataDir().equals(next.dataDir()));
  }

  /** Whether the names of the services are others than before. */
  public boolean names(AgentConfig now) {
    return !ended.isEmpty() || !now.services().keySet().containsAll(made.keySet());
  }
}
