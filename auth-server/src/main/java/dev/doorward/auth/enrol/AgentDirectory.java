package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The allow-table of agents and the services that they were seen to offer. The look-ups answer from
 * an in-memory snapshot and never block; the changes block on storage and are durable on return.
 */
public interface AgentDirectory {
  /** The entry of an agent; asked for every link and every call. */
  Optional<AgentEntry> find(AgentId id);

  /** All agents by name. */
  List<AgentEntry> list();

  /** Whether some agent that is not revoked has offered the service, now or before. */
  boolean knows(ServiceName service);

  /** Every service that {@link #knows} is true for. */
  Set<ServiceName> services();

  /** Remembers what an agent offers, of what it may offer. */
  void offered(AgentId id, Set<ServiceName> services);

  /** Takes the agent off the table; effective for links and calls before this returns. */
  Outcome<AgentEntry> revoke(AgentId id);

  /** Calls {@code listener} after each change, on the thread that changed; it must not block. */
  void onChange(Runnable listener);
}
