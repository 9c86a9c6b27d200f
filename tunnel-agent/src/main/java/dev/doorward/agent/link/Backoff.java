package dev.doorward.agent.link;

import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before dialling again, docs/link-protocol.md section 6: at once after a loss,
 * then full jitter up to 10 s, counted anew after 60 s of a stable link; what only a person can
 * mend is tried once a minute. Pure: times are nanoseconds of one monotonic clock. One thread.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration BASE = Duration.ofMillis(500);
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final Duration STABLE = Duration.ofSeconds(60);
  private static final Duration HOPELESS = Duration.ofSeconds(60);
  private static final int DOUBLINGS = 5;

  private final RandomGenerator random;
  private int attempts;
  private long upSince = -1;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The link is up. */
  void up(long now) {
    upSince = now;
  }

  /** The link was lost, or did not come up: how long to wait. */
  Duration down(long now, Reason reason) {
    if (upSince != -1 && now - upSince >= STABLE.toNanos()) {
      attempts = 0;
    }
    upSince = -1;
    if (isHopeless(reason)) {
      return HOPELESS.plus(upTo(FIRST));
    }
    int attempt = attempts;
    attempts = Math.min(attempts + 1, DOUBLINGS + 1);
    if (attempt == 0) {
      return upTo(FIRST);
    }
    Duration ceiling = BASE.multipliedBy(1L << attempt);
    return upTo(ceiling.compareTo(MOST) < 0 ? ceiling : MOST);
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
  }

  private static boolean isHopeless(Reason reason) {
    return switch (reason) {
      case AGENT_REVOKED,
          LINK_VERSION_UNSUPPORTED,
          CERTIFICATE_EXPIRED,
          EDGE_NOT_TRUSTED,
          KEY_STATEMENT_REFUSED ->
          true;
      default -> false;
    };
  }
}
