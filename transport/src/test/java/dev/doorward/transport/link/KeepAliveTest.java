package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepAliveTest {
  private static final LinkSettings SETTINGS = LinkSettings.defaults();
  private static final long TICK = SETTINGS.tick().toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private long now = 1_000;
  private final KeepAlive keepAlive = new KeepAlive(SETTINGS, now);

  private KeepAlive.Verdict tick() {
    now += TICK;
    return keepAlive.onTick(now);
  }

  /** Ticks until an echo is wanted. */
  private long nextEcho() {
    for (int i = 0; i < 100; i++) {
      if (tick() instanceof KeepAlive.Verdict.Send(long id)) {
        return id;
      }
    }
    throw new AssertionError("no echo");
  }

  @Test
  void theFirstEchoGoesAtOnceThenOneEveryTenSeconds() {
    assertThat(keepAlive.onTick(now)).isEqualTo(new KeepAlive.Verdict.Send(0));
    assertThat(keepAlive.rttNanos()).isEqualTo(-1);
    now += 30_000_000;
    assertThat(keepAlive.onEchoed(0, now)).isTrue();
    assertThat(keepAlive.rttNanos()).isEqualTo(30_000_000);

    long from = now;
    assertThat(nextEcho()).isEqualTo(1);
    assertThat(now - from).isBetween(9 * SECOND, 12 * SECOND);
  }

  @Test
  void aSilentDropIsFoundWithin25SecondsWhenverItHappens() {
    for (int offset = 0; offset < 12; offset++) {
      KeepAlive fresh = new KeepAlive(SETTINGS, 0);
      long time = 0;
      long dropped = -1;
      long found = -1;
      for (int i = 0; i < 100 && found < 0; i++) {
        time += TICK;
        if (time > (30 + offset) * SECOND && dropped < 0) {
          dropped = time - TICK;
        }
        switch (fresh.onTick(time)) {
          case KeepAlive.Verdict.Wait wait -> {}
          case KeepAlive.Verdict.Send(long id) -> {
            if (dropped < 0) {
              fresh.onRead(time);
              fresh.onEchoed(id, time);
            }
          }
          case KeepAlive.Verdict.Dead dead -> found = time;
        }
      }
      assertThat(found - dropped).isBetween(10 * SECOND, 25 * SECOND);
    }
  }

  @Test
  void bytesThatComeKeepALinkAliveBehindBulkButNotForEver() {
    keepAlive.onTick(now);
    for (int i = 0; i < 29; i++) {
      keepAlive.onRead(now);
      assertThat(tick()).isInstanceOf(KeepAlive.Verdict.Wait.class);
    }
    keepAlive.onRead(now);

    assertThat(tick()).isInstanceOf(KeepAlive.Verdict.Dead.class);
  }

  @Test
  void aProcessThatStoodStillDoesNotBlameThePeer() {
    keepAlive.onTick(now);
    now += 40 * SECOND;

    assertThat(keepAlive.onTick(now)).isInstanceOf(KeepAlive.Verdict.Wait.class);
    for (int i = 0; i < 4; i++) {
      assertThat(tick()).isInstanceOf(KeepAlive.Verdict.Wait.class);
    }
    assertThat(tick()).isInstanceOf(KeepAlive.Verdict.Dead.class);
  }

  @Test
  void anAnswerToAnotherEchoCountsForNothing() {
    keepAlive.onTick(now);

    assertThat(keepAlive.onEchoed(1, now)).isFalse();
    assertThat(keepAlive.onEchoed(0, now)).isTrue();
    assertThat(keepAlive.onEchoed(0, now)).isFalse();
  }

  @Test
  void ratesAreCountedInTheirWindow() {
    RateBound bound = new RateBound(3, Duration.ofSeconds(10), 0);
    assertThat(bound.take(0)).isTrue();
    assertThat(bound.take(0)).isTrue();
    assertThat(bound.take(9 * SECOND)).isTrue();
    assertThat(bound.take(9 * SECOND)).isFalse();
    assertThat(bound.take(10 * SECOND)).isTrue();
  }
}
