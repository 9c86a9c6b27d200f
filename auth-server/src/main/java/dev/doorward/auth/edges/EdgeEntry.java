package dev.doorward.auth.edges;

import dev.doorward.common.identity.Fingerprint;
import java.time.Instant;
import java.util.Set;

/**
 * An edge on another machine.
 *
 * @param keys fingerprints of the keys that it may show; two for the moment of a renewal
 */
public record EdgeEntry(
    String name, Set<Fingerprint> keys, Instant joinedAt, Instant certificateEnds) {
  /** Copies the keys. */
  public EdgeEntry {
    keys = Set.copyOf(keys);
  }
}
