package dev.doorward.edge.cert;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When to renew, when to try again, when to raise the alarm. Pure. */
final class RenewalTimes {
  /** The longest that an authority may put an edge off; a longer Retry-After is cut to it. */
  static final Duration LONGEST_WAIT = Duration.ofDays(7);

  /** With less than this left the edge asks every hour at the least. */
  static final Duration URGENT = Duration.ofHours(36);

  private static final Duration[] STEPS = {
    Duration.ofMinutes(2),
    Duration.ofMinutes(10),
    Duration.ofHours(1),
    Duration.ofHours(2),
    Duration.ofHours(4),
    Duration.ofHours(6)
  };
  private static final Duration URGENT_STEP = Duration.ofHours(1);

  private static final Duration MOST_REST = Duration.ofDays(1);

  private RenewalTimes() {}

  /**
   * When a certificate is to be replaced: where the authority wants it, else when a third of its
   * life is left, less up to a twentieth of it.
   *
   * @param fraction from 0 to 1, the same for one certificate however often it is asked
   */
  static Instant due(
      Instant notBefore, Instant notAfter, Optional<RenewalWindow> window, double fraction) {
    Duration life = Duration.between(notBefore, notAfter);
    Instant own =
        notAfter.minus(life.dividedBy(3)).plusMillis((long) (life.toMillis() / 20.0 * fraction));
    // A window at or behind the end of the certificate would let it run out.
    Instant last = notAfter.minus(life.dividedBy(10));
    return window
        .map(w -> w.at(fraction))
        .map(wanted -> wanted.isAfter(last) ? own : wanted)
        .orElse(own);
  }

  /**
   * How long to wait after {@code failures} attempts in a row that failed: minutes at first, hours
   * later, and up to a quarter more by chance.
   *
   * @param left life of the certificate that is served; zero where there is none
   */
  static Duration retry(int failures, Duration left, double fraction) {
    Duration step = STEPS[Math.clamp(failures - 1L, 0, STEPS.length - 1)];
    if (left.compareTo(URGENT) < 0 && step.compareTo(URGENT_STEP) > 0) {
      step = URGENT_STEP;
    }
    return step.plusMillis((long) (step.toMillis() / 4.0 * fraction));
  }

  /** How long a new certificate is left alone: a day, or a tenth of its life where that is less. */
  static Duration rest(Instant notBefore, Instant notAfter) {
    Duration tenth = Duration.between(notBefore, notAfter).dividedBy(10);
    return tenth.compareTo(MOST_REST) < 0 ? tenth : MOST_REST;
  }

  /** Whether somebody should be told: less than a quarter of the life is left, and it failed. */
  static boolean alarming(Instant notBefore, Instant notAfter, Instant now, int failures) {
    Duration life = Duration.between(notBefore, notAfter);
    return failures > 0 && Duration.between(now, notAfter).compareTo(life.dividedBy(4)) < 0;
  }
}
