package dev.doorward.edge.auth.apart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HeardClockTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final AtomicReference<Instant> machine = new AtomicReference<>(NOON);
  private final AtomicLong nanos = new AtomicLong();
  private final HeardClock clock = new HeardClock(machine::get, nanos::get);

  @Test
  void goesWithTheMachine() {
    machine.set(NOON.plusSeconds(5));

    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(5));
  }

  @Test
  void neverGoesBackButOnAtItsOwnPace() {
    machine.set(NOON.minusSeconds(3600));
    nanos.set(Duration.ofSeconds(7).toNanos());

    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(7));
  }

  @Test
  void isNeverBehindWhatTheAuthServerSaid() {
    clock.heard(NOON.plusSeconds(600));
    nanos.set(Duration.ofSeconds(1).toNanos());

    assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(601));
  }
}
