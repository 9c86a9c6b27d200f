package dev.doorward.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.Network;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.login.SignInThrottle.Attempt;
import dev.doorward.auth.login.SignInThrottle.Begin;
import dev.doorward.auth.store.SecretHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
  private static final Network HOME = new Network("192.0.2.1");
  private static final Optional<SecretHash> UNKNOWN = Optional.empty();
  private static final Optional<SecretHash> DEVICE = Optional.of(SecretHash.of("device"));

  private final SetClock clock = new SetClock();
  private final SignInThrottle throttle = new SignInThrottle(clock);

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

    assertThat(throttle.begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void successForgivesAndAnUnjudgedAttemptDoesNotCount() {
    for (int i = 0; i < 3; i++) {
      attempt("ada", HOME, UNKNOWN);
    }
    for (int i = 0; i < 10; i++) {
      attempt("ada", HOME, UNKNOWN).withdrawn();
    }
    attempt("ada", HOME, UNKNOWN).succeeded();
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

    assertThat(throttle.begin("ben", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
    assertThat(throttle.begin("ada", new Network("198.51.100.1"), UNKNOWN))
        .isInstanceOf(Begin.Begun.class);
  }

  @Test
  void guessingOneAccountFromManyNetworksIsSlowedButNotOnAKnownDevice() {
    for (int i = 0; i < 30; i++) {
      attempt("ada", new Network("198.51.100." + i), UNKNOWN);
    }

    assertThat(throttle.begin("ada", new Network("203.0.113.1"), UNKNOWN))
        .isInstanceOf(Begin.Wait.class);
    assertThat(throttle.begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Begun.class);
  }

  @Test
  void guessingManyAccountsFromOneNetworkIsSlowed() {
    for (int i = 0; i < 30; i++) {
      attempt("person" + i, HOME, UNKNOWN);
    }

    assertThat(throttle.begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void knownDeviceHasALimitOfItsOwn() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, DEVICE);
    }

    assertThat(throttle.begin("ada", HOME, DEVICE)).isInstanceOf(Begin.Wait.class);
  }

  @Test
  void failuresAreForgottenAfterADay() {
    for (int i = 0; i < 4; i++) {
      attempt("ada", HOME, UNKNOWN);
    }
    clock.advance(Duration.ofHours(25));
    attempt("ada", HOME, UNKNOWN);

    assertThat(throttle.begin("ada", HOME, UNKNOWN)).isInstanceOf(Begin.Begun.class);
  }

  private Attempt attempt(String account, Network network, Optional<SecretHash> device) {
    return switch (throttle.begin(account, network, device)) {
      case Begin.Begun(var attempt) -> attempt;
      case Begin.Wait(var time) -> throw new AssertionError("must wait " + time);
    };
  }

  private Duration waiting(String account, Network network, Optional<SecretHash> device) {
    return switch (throttle.begin(account, network, device)) {
      case Begin.Begun(var attempt) -> {
        attempt.withdrawn();
        yield Duration.ZERO;
      }
      case Begin.Wait(var time) -> time;
    };
  }
}
