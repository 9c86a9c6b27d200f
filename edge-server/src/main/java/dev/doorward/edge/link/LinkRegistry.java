package dev.doorward.edge.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The links that are up, and the choice of one for a call: the least busy, on the client's own loop
 * where that costs nothing. Readers see an immutable snapshot; safe on any thread.
 */
public final class LinkRegistry {
  /** How many calls more a link on the client's own loop may have and still be taken. */
  private static final int SAME_LOOP_BONUS = 8;

  private final AllowTable table;
  private volatile List<EdgeLink> links = List.of();

  /** Services whose server does not answer their agent, by link. */
  private final Map<EdgeLink, Set<ServiceName>> silent = new ConcurrentHashMap<>();

  private volatile Map<ServiceName, List<EdgeLink>> byService = Map.of();

  /** A registry that asks {@code table} about each link and each call. */
  public LinkRegistry(AllowTable table) {
    this.table = table;
  }

  /** A link is up; false, and the link closed, where its agent is not on the table. */
  public boolean add(EdgeLink link) {
    if (!table.mayLink(link.agent(), link.key())) {
      link.close(Reason.AGENT_REVOKED);
      return false;
    }
    synchronized (this) {
      var changed = new ArrayList<>(links);
      changed.add(link);
      links = List.copyOf(changed);
      index();
    }
    recheck(); // it may have been revoked in between
    return true;
  }

  /** The services of a link are others than before. */
  public void changed(EdgeLink link) {
    synchronized (this) {
      index();
    }
    table.offered(link.agent(), link.services());
  }

  /** An agent says whether the server of a service answers it. */
  public void health(EdgeLink link, ServiceName service, boolean up) {
    if (up) {
      silent.computeIfPresent(
          link,
          (_, services) -> {
            services.remove(service);
            return services.isEmpty() ? null : services;
          });
    } else if (links.contains(link)) {
      silent.computeIfAbsent(link, _ -> ConcurrentHashMap.newKeySet()).add(service);
    }
  }

  /** A link is down. */
  public void remove(EdgeLink link) {
    silent.remove(link);
    synchronized (this) {
      links = links.stream().filter(l -> !l.equals(link)).toList();
      index();
    }
  }

  private void index() {
    var map = new HashMap<ServiceName, List<EdgeLink>>();
    for (EdgeLink link : links) {
      for (ServiceName service : link.services()) {
        map.computeIfAbsent(service, _ -> new ArrayList<>()).add(link);
      }
    }
    map.replaceAll((_, list) -> List.copyOf(list));
    byService = Map.copyOf(map);
  }

  /** Closes every link whose agent is off the table. */
  public void recheck() {
    for (EdgeLink link : links) {
      if (!table.mayLink(link.agent(), link.key())) {
        link.close(Reason.AGENT_REVOKED);
      }
    }
  }

  /** Asks every agent to open its links elsewhere. */
  public void drain() {
    links.forEach(EdgeLink::drain);
  }

  /** All links that are up. */
  public List<EdgeLink> links() {
    return links;
  }

  /**
   * The link for a call: of the agents whose server answers, where there is one, the least busy.
   *
   * @param pinned the only agent that will do, or null
   * @param not a link that has failed for this call already, or null
   * @param loop the client's loop
   */
  Optional<EdgeLink> choose(
      ServiceName service, @Nullable AgentId pinned, @Nullable EdgeLink not, EventLoop loop) {
    EdgeLink best = null;
    int bestCalls = 0;
    boolean bestAnswers = false;
    for (EdgeLink link : byService.getOrDefault(service, List.of())) {
      if (link.equals(not)
          || (pinned != null && !pinned.equals(link.agent()))
          || !link.accepting()
          || !table.mayServe(link.agent(), link.key(), service)) {
        continue;
      }
      int calls = link.openCalls() - (link.eventLoop().equals(loop) ? SAME_LOOP_BONUS : 0);
      boolean answers = !silent.getOrDefault(link, Set.of()).contains(service);
      if (best == null
          || (answers && !bestAnswers)
          || (answers == bestAnswers && calls < bestCalls)) {
        best = link;
        bestCalls = calls;
        bestAnswers = answers;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether a link of {@code service} may come back in a moment. */
  boolean expects(ServiceName service) {
    return table.knows(service);
  }

  boolean mayServe(EdgeLink link, ServiceName service) {
    return table.mayServe(link.agent(), link.key(), service);
  }
}
