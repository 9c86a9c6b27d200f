package dev.doorward.edge.link;

import java.time.Duration;

/**
 * The bounds of relaying.
 *
 * @param headWithin from the end of the request to the head of the answer; then 504
 * @param commentAfter silence on an event stream after which a comment is put in
 * @param orphanTime how long an answer that nobody waits for any more is read to its end
 * @param orphanBytes how much of it
 */
public record RelayPlan(
    Duration headWithin, Duration commentAfter, Duration orphanTime, long orphanBytes) {
  /** 120 s, 15 s; 10 minutes and 16 MiB. */
  public static RelayPlan defaults() {
    return of(Duration.ofSeconds(15), Duration.ofSeconds(120));
  }

  /** The defaults with other times of the answer. */
  public static RelayPlan of(Duration commentAfter, Duration headWithin) {
    return new RelayPlan(headWithin, commentAfter, Duration.ofMinutes(10), 16L << 20);
  }
}
