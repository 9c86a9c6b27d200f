package dev.doorward.edge.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import java.util.Set;

/** Which agents may link, and what for. Answers from memory; safe on any thread. */
public interface AllowTable {
  /** Whether the agent with this key may have a link. */
  boolean mayLink(AgentId agent, Fingerprint key);

  /** Whether the agent with this key may be given calls to the service. */
  boolean mayServe(AgentId agent, Fingerprint key, ServiceName service);

  /** Whether some agent that is not revoked was seen to offer the service. */
  boolean knows(ServiceName service);

  /** Remembers what an agent offers; does its work on another thread. */
  void offered(AgentId agent, Set<ServiceName> services);
}
