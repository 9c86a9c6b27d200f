package dev.doorward.edge.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was seen of links, for people who ask: since when each is up, how the servers behind it are,
 * why an agent's last one was lost. As large as the table of agents and their links. Safe on any
 * thread.
 */
public final class LinkBook {
  /** Why a link was lost. */
  public record Lost(Reason reason, Instant at) {}

  /**
   * One key was used by two processes at once.
   *
   * @param one address of the older one
   * @param other address of the newer one
   */
  public record Cloned(String one, String other, Instant at) {}

  private record Seen(Instant since, Map<ServiceName, Boolean> health) {}

  private final InstantSource clock;
  private final Map<EdgeLink, Seen> up = new ConcurrentHashMap<>();
  private final Map<AgentId, Lost> lost = new ConcurrentHashMap<>();
  private final Map<AgentId, Cloned> cloned = new ConcurrentHashMap<>();

  /** An empty book. */
  public LinkBook(InstantSource clock) {
    this.clock = clock;
  }

  /** A link takes calls. */
  public void up(EdgeLink link) {
    up.put(link, new Seen(clock.instant(), new ConcurrentHashMap<>()));
  }

  /** How the server behind a service is, as the agent says over this link. */
  public void health(EdgeLink link, ServiceName service, boolean answers) {
    Seen seen = up.get(link);
    if (seen != null) {
      seen.health().put(service, answers);
    }
  }

  /** A link is gone. */
  public void down(EdgeLink link, Reason reason) {
    up.remove(link);
    if (reason != Reason.SHUTTING_DOWN) {
      lost.put(link.agent(), new Lost(reason, clock.instant()));
    }
  }

  /** One key is used by two processes. */
  public void cloned(AgentId agent, String one, String other) {
    cloned.put(agent, new Cloned(one, other, clock.instant()));
  }

  /** Since when the link takes calls. */
  public Optional<Instant> since(EdgeLink link) {
    return Optional.ofNullable(up.get(link)).map(Seen::since);
  }

  /** What the agent last said over this link of the server behind a service; empty for nothing. */
  public Optional<Boolean> health(EdgeLink link, ServiceName service) {
    return Optional.ofNullable(up.get(link)).map(seen -> seen.health().get(service));
  }

  /** Why the agent last lost a link that nobody had asked it to leave. */
  public Optional<Lost> lost(AgentId agent) {
    return Optional.ofNullable(lost.get(agent));
  }

  /** Whether the agent's key was seen in two places since this process began. */
  public Optional<Cloned> clonedKey(AgentId agent) {
    return Optional.ofNullable(cloned.get(agent));
  }
}
