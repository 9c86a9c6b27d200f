package dev.doorward.edge.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.transport.link.EdgeLink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds a key that two processes use at once: then it was copied. Links that a restarted or moved
 * agent has lost without a word are found dead within 25 s, so what is looked at are links that are
 * both there, and not draining, 40 s after the later one came up. Safe on any thread.
 */
public final class CloneWatch {
  /** Longer than a dead link goes unnoticed. */
  public static final Duration WAIT = Duration.ofSeconds(40);

  /** Runs a task later. */
  public interface Later {
    /** Once, after {@code delay}, on a thread that may not block. */
    void run(EdgeLink link, Duration delay, Runnable task);
  }

  /** Is told once of each pair of processes. */
  public interface Alarm {
    /** The addresses are those that the two dialled from; they may be the same. */
    void onCloned(AgentId agent, String one, String other);
  }

  private final LinkRegistry registry;
  private final Later later;
  private final Alarm alarm;
  private final Map<AgentId, Set<String>> told = new ConcurrentHashMap<>();

  /** A watch over the links of {@code registry}. */
  public CloneWatch(LinkRegistry registry, Later later, Alarm alarm) {
    this.registry = registry;
    this.later = later;
    this.alarm = alarm;
  }

  /** A link is up. */
  public void onUp(EdgeLink link) {
    if (!others(link).isEmpty()) {
      later.run(link, WAIT, () -> look(link));
    }
  }

  private void look(EdgeLink link) {
    if (!link.accepting()) {
      return;
    }
    for (EdgeLink other : others(link)) {
      Set<String> pair = Set.of(other.facts().instance(), link.facts().instance());
      if (other.accepting() && !pair.equals(told.put(link.agent(), pair))) {
        alarm.onCloned(link.agent(), other.facts().remote(), link.facts().remote());
        return;
      }
    }
  }

  private List<EdgeLink> others(EdgeLink link) {
    return registry.links().stream()
        .filter(other ->
            other.agent().equals(link.agent())
                && other.key().equals(link.key())
                && !other.facts().instance().equals(link.facts().instance()))
        .toList();
  }
}
