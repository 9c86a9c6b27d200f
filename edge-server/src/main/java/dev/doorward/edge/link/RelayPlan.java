package dev.doorward.edge.link;

import java.time.Duration;

/**
 * The bounds of relaying.
 *
 * @param commentAfter silence on an event stream after which a comment is put in
 * @param orphanTime how long an answer that nobody waits for any more is read to its end
 * @param orphanBytes how much of it
 */
public record RelayPlan(Duration commentAfter, Duration orphanTime, long orphanBytes) {
  /** 15 s; 10 minutes and 16 MiB. */
  public static RelayPlan defaults() {
    return new RelayPlan(Duration.ofSeconds(15), Duration.ofMinutes(10), 16L << 20);
  }
}
