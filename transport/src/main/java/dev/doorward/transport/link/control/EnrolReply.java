package dev.doorward.transport.link.control;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import java.util.List;
import java.util.Set;

/**
 * What the edge answers to an {@link EnrolRequest} that it grants.
 *
 * @param chain DER of the agent's certificate first, of the internal CA's last
 * @param services what the agent may offer; empty means any
 * @param keys key statement, a compact JWS signed by the internal CA
 */
public record EnrolReply(
    AgentId agent, List<byte[]> chain, Set<ServiceName> services, String issuer, String keys) {
  /** Copies the collections. */
  public EnrolReply {
    chain = List.copyOf(chain);
    services = Set.copyOf(services);
  }
}
