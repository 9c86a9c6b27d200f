package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import java.time.Instant;
import java.util.Set;

/**
 * A row of the allow-table.
 *
 * @param keys SHA-256 of the SubjectPublicKeyInfo of each key that may open a link for this agent
 * @param services what the invite bound the agent to; empty means any service
 * @param revoked no link may be opened and no call may go there
 */
public record AgentEntry(
    AgentId id,
    Set<Fingerprint> keys,
    Set<ServiceName> services,
    boolean revoked,
    Instant enrolledAt,
    Instant certificateEnds) {
  /** Copies the sets. */
  public AgentEntry {
    keys = Set.copyOf(keys);
    services = Set.copyOf(services);
  }

  /** Whether this agent, with this key, may offer {@code service} now. */
  public boolean allows(Fingerprint key, ServiceName service) {
    return !revoked && keys.contains(key) && (services.isEmpty() || services.contains(service));
  }
}
