package dev.doorward.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Chance at its worst: always the most that is allowed. */
  private static RandomGenerator most() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public long nextLong(long bound) {
        return bound - 1;
      }
    };
  }

  @Test
  void theFirstDialIsAtOnceAndTheCeilingDoublesTo10Seconds() {
    Backoff backoff = new Backoff(most());

    long[] millis = new long[9];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = backoff.down(0, Reason.EDGE_UNREACHABLE).toMillis();
    }

    assertThat(millis)
        .containsExactly(250, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000);
  }

  @Test
  void theJitterIsFull() {
    Backoff backoff = new Backoff(new Random(1));
    for (int i = 0; i < 7; i++) {
      backoff.down(0, Reason.EDGE_UNREACHABLE);
    }

    int early = 0;
    for (int i = 0; i < 1_000; i++) {
      Duration delay = backoff.down(0, Reason.EDGE_UNREACHABLE);
      assertThat(delay).isBetween(Duration.ZERO, Duration.ofSeconds(10));
      early += delay.toSeconds() < 5 ? 1 : 0;
    }
    assertThat(early).isBetween(400, 600);
  }

  @Test
  void onlyAStableLinkStartsTheCountAnew() {
    Backoff backoff = new Backoff(most());
    for (int i = 0; i < 5; i++) {
      backoff.down(0, Reason.LINK_FAILED);
    }

    backoff.up(0);
    assertThat(backoff.down(59 * SECOND, Reason.LINK_FAILED)).isGreaterThan(Duration.ofSeconds(9));
    backoff.up(100 * SECOND);
    assertThat(backoff.down(161 * SECOND, Reason.LINK_FAILED)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void whatOnlyAPersonCanMendIsTriedOnceAMinute() {
    Backoff backoff = new Backoff(new Random(2));

    for (Reason reason :
        new Reason[] {
          Reason.AGENT_REVOKED,
          Reason.LINK_VERSION_UNSUPPORTED,
          Reason.CERTIFICATE_EXPIRED,
          Reason.EDGE_NOT_TRUSTED,
          Reason.KEY_STATEMENT_REFUSED
        }) {
      assertThat(backoff.down(0, reason)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));
    }
  }
}
