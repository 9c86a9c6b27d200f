package dev.doorward.auth.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.SetClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time that only goes on, whatever the machine says. */
class SteadyClockTest {
  @TempDir Path dataDir;
  private final SetClock machine = new SetClock();
  private final AtomicLong nanos = new AtomicLong();
  private Database database;
  private SteadyClock clock;

  @BeforeEach
  void open() {
    database = Database.open(dataDir);
    clock = SteadyClock.open(database, machine, nanos::get);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void restart() {
    close();
    open();
  }

  @Test
  void isTheMachinesClockWhileThatGoesOn() {
    assertThat(clock.instant()).isEqualTo(machine.instant());
    machine.advance(Duration.ofHours(1));
    assertThat(clock.instant()).isEqualTo(machine.instant());
    assertThat(clock.behind()).isZero();
  }

  @Test
  void goesOnAtItsOwnPaceWhereTheMachinesClockStepsBack() {
    Instant latest = clock.instant();
    machine.advance(Duration.ofHours(-2));
    nanos.addAndGet(Duration.ofSeconds(7).toNanos());

    assertThat(clock.instant()).isEqualTo(latest.plusSeconds(7));
    assertThat(clock.instant()).isEqualTo(latest.plusSeconds(7));
    assertThat(clock.behind()).isEqualTo(Duration.ofHours(2).plusSeconds(7));
    machine.advance(Duration.ofHours(3));
    assertThat(clock.instant()).isEqualTo(machine.instant());
  }

  @Test
  void keepsTheLatestTimeOverARestart() {
    machine.advance(Duration.ofDays(40));
    Instant latest = clock.instant();
    clock.keep();
    machine.advance(Duration.ofDays(-40));
    restart();

    assertThat(clock.instant()).isEqualTo(latest);
  }

  @Test
  void writesAtMostOnceASecond() {
    clock.keep();
    Instant kept = clock.instant();
    machine.advance(Duration.ofMillis(999));
    clock.keep();
    machine.advance(Duration.ofDays(-1));
    restart();

    assertThat(clock.instant()).isEqualTo(kept);
  }

  @Test
  void theOperatorMayTakeTheMachinesClockForRight() {
    machine.advance(Duration.ofDays(400));
    clock.keep();
    machine.advance(Duration.ofDays(-400));
    database.jdbi().useTransaction(clock::accept);

    assertThat(clock.instant()).isEqualTo(machine.instant());
    restart();
    assertThat(clock.instant()).isEqualTo(machine.instant());
  }
}
