package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import java.util.Optional;

/** Where TXT records are made and removed again. Blocks. */
interface DnsRecords {
  /**
   * Adds a TXT record beside those that are there; returns when it can be looked at, or what went
   * wrong.
   *
   * @param name without a final dot
   */
  Optional<Problem> add(String name, String value);

  /** Removes that record; what goes wrong is logged. */
  void remove(String name, String value);
}
