package dev.doorward.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.fixture.Settings;
import dev.doorward.auth.login.SignInThrottle.Attempt;
import dev.doorward.auth.login.SignInThrottle.Begin;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.SteadyClock;
import dev.doorward.common.identity.Fingerprint;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInThrottleTest {
  private static final Network HOME = new Network("192.0.2.1");
  private static final Optional<SecretHash> UNKNOWN = Optional.empty();
  private static final Optional<SecretHash> DEVICE = Optional.of(SecretHash.of("device"));

  private final SetClock clock = new SetClock();

  @TempDir Path dataDir;
  private Database database;
  private Ground ground;
  private SignInThrottle throttle;

  @BeforeEach
  void open() {
    database = Database.open(dataDir);
    ground =
        new Ground(
            Settings.of(Settings.config(""), dataDir, Optional.empty()),
            database,
            SteadyClock.open(database, clock, () -> 0),
            new Mint(new SecureRandom()),
            new Journal(new Notes(), clock));
    throttle = throttle();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private SignInThrottle throttle() {
    return new SignInThrottle(
        ground, ground.settings().login(), text -> Fingerprint.of(text).bytes());
  }

  private void fail(int times, String account, Network network, Optional<SecretHash> device) {
    for (int i = 0; i < times; i++) {
      clock.advance(waiting(account, network, device));
      attempt(account, network, device);
    }
  }

  @Test
  void fourFailuresAreFreeThenTheWaitDoublesUpTo15Minutes() {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      attempt("ada", HOME, UNKNOWN);
      Duration wait = waiting("ada", HOME, UNKNOWN);
      waits.add(wait.toSeconds());
      clock.advance(wait);
    }

    assertThat(waits)
        .containsExactly(
            0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L, 900L);
  }

  @Test
  void attemptCountsFromItsBeginning() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, UNKNOWN);
    }

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void successForgivesAndAnUnjudgedAttemptDoesNotCount() {
    for (int i = 0; i < 3; i++) {
      attempt("ada", HOME, UNKNOWN);
    }
    for (int i = 0; i < 10; i++) {
      ground.change(attempt("ada", HOME, UNKNOWN)::withdrawn);
    }
    ground.change(attempt("ada", HOME, UNKNOWN)::succeeded);
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, UNKNOWN);
    }

    assertThat(waiting("ada", HOME, UNKNOWN)).hasSeconds(1);
  }

  @Test
  void othersOnTheNetworkAndTheAccountElsewhereGoOn() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, UNKNOWN);
    }

    assertThat(begin("ben", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
    assertThat(begin("ada", new Network("198.51.100.1"), UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void guessingOneAccountFromManyNetworksIsSlowedButNotOnAKnownDevice() {
    for (int i = 0; i < 30; i++) {
      attempt("ada", new Network("198.51.100." + i), UNKNOWN);
    }

    assertThat(begin("ada", new Network("203.0.113.1"), UNKNOWN)).isInstanceOf(Begin.Wait.class);
    assertThat(begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void guessingManyAccountsFromOneNetworkIsSlowed() {
    for (int i = 0; i < 30; i++) {
      attempt("person" + i, HOME, UNKNOWN);
    }

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void knownDeviceHasALimitOfItsOwn() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, DEVICE);
    }

    assertThat(begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void failuresAreForgottenAfterADay() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, UNKNOWN);
    }
    clock.advance(Duration.ofHours(25));
    attempt("ada", HOME, UNKNOWN);

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void restartForgivesNothing() {
    for (int i = 0; i < 6; i++) {
      clock.advance(waiting("ada", HOME, UNKNOWN));
      attempt("ada", HOME, UNKNOWN);
    }
    Duration before = waiting("ada", HOME, UNKNOWN);

    throttle = throttle();

    assertThat(waiting("ada", HOME, UNKNOWN)).isEqualTo(before).isPositive();
  }

  @Test
  void hundredFailuresInARowCloseTheAccountToStrangersAndToThemOnly() {
    for (int i = 0; i < 100; i++) {
      fail(1, "ada", new Network("198.51.100." + i), UNKNOWN);
    }
    clock.advance(Duration.ofDays(20));

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Closed.class);
    assertThat(begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Begun.class);
    assertThat(begin("ben", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void knownDeviceThatFailsAHundredTimesIsClosedTooAndNoOther() {
    fail(100, "ada", HOME, DEVICE);

    assertThat(begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Closed.class);
    assertThat(begin("ada", HOME, Optional.of(SecretHash.of("another"))))
        .isInstanceOf(Begin.Begun.class);
    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void strangersTogetherHaveAnAllowanceThatKnownDevicesDoNotNeed() {
    for (int i = 0; i < 300; i++) {
      attempt("person" + i, new Network("net" + i), UNKNOWN);
    }

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
    assertThat(begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Begun.class);
    clock.advance(Duration.ofSeconds(3));
    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void successWithAnAccountOfOnesOwnDoesNotClearTheNetwork() {
    for (int i = 0; i < 29; i++) {
      attempt("person" + i, HOME, UNKNOWN);
    }
    ground.change(attempt("mallory", HOME, UNKNOWN)::succeeded);
    attempt("person29", HOME, UNKNOWN);

    assertThat(begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
  }

  private Begin begin(String account, Network network, Optional<SecretHash> device) {
    return throttle.begin(account, Optional.empty(), network, device);
  }

  private Attempt attempt(String account, Network network, Optional<SecretHash> device) {
    return switch (begin(account, network, device)) {
      case Begin.Begun(var attempt) -> attempt;
      case Begin.Wait(var time) -> throw new AssertionError("must wait " + time);
      case Begin.Closed() -> throw new AssertionError("closed");
    };
  }

  private Duration waiting(String account, Network network, Optional<SecretHash> device) {
    return switch (begin(account, network, device)) {
      case Begin.Begun(var attempt) -> {
        ground.change(attempt::withdrawn);
        yield Duration.ZERO;
      }
      case Begin.Wait(var time) -> time;
      case Begin.Closed() -> throw new AssertionError("closed");
    };
  }
}
