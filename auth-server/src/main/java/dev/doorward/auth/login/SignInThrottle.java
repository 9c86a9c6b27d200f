package dev.doorward.auth.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.SecretHash;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Slows guessing down: after some failures in a row each further one doubles the wait, up to 15
 * minutes. Counted per account and network, per account, and per network. A browser in which the
 * person has signed in before has a count of its own only, so no stranger can lock anybody out
 * there. An attempt counts as a failure when it begins, so that many at once gain nothing.
 */
final class SignInThrottle {
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration FORGOTTEN = Duration.ofHours(24);
  private static final int FREE_FOR_PAIR = 4;
  private static final int FREE_FOR_WHOLE = 30;
  private static final int COUNTS = 100_000;

  private final InstantSource clock;
  private final Cache<Count, Streak> streaks = Caffeine.newBuilder().maximumSize(COUNTS).build();

  /** What is counted; {@code free} failures cost nothing. */
  private record Count(String kind, String account, String network, int free) {}

  private record Streak(int failures, Instant until) {
    private static final Streak NONE = new Streak(0, Instant.MIN);
  }

  /** One attempt to sign in, counted as a failure so far. */
  final class Attempt {
    private final Map<Count, Streak> before;

    private Attempt(Map<Count, Streak> before) {
      this.before = before;
    }

    /** The password was right: nothing is held against this account from here any more. */
    void succeeded() {
      synchronized (SignInThrottle.this) {
        before.keySet().forEach(streaks::invalidate);
      }
    }

    /** The attempt was not judged, so it does not count. */
    void withdrawn() {
      synchronized (SignInThrottle.this) {
        before.forEach(streaks::put);
      }
    }
  }

  /** Begun, or how long to wait. */
  sealed interface Begin {
    /** Go on. */
    record Begun(Attempt attempt) implements Begin {}

    /** Too many failures. */
    record Wait(Duration time) implements Begin {}
  }

  SignInThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Begins an attempt.
   *
   * @param account name as typed, lower case, of a person or of nobody
   * @param device the browser, where that person has signed in in it before
   */
  synchronized Begin begin(String account, Network network, Optional<SecretHash> device) {
    Instant now = clock.instant();
    Map<Count, Streak> before = new HashMap<>();
    for (Count count : counts(account, network, device)) {
      Streak streak = streaks.get(count, _ -> Streak.NONE);
      if (streak.until().isAfter(now)) {
        return new Begin.Wait(Duration.between(now, streak.until()));
      }
      boolean forgotten = streak.until().isBefore(now.minus(FORGOTTEN));
      before.put(count, forgotten ? Streak.NONE : streak);
    }
    before.forEach((count, streak) -> {
      int failures = streak.failures() + 1;
      streaks.put(count, new Streak(failures, now.plus(delay(failures - count.free()))));
    });
    return new Begin.Begun(new Attempt(before));
  }

  private static List<Count> counts(String account, Network network, Optional<SecretHash> device) {
    if (device.isPresent()) {
      String tag = java.util.HexFormat.of().formatHex(device.get().bytes());
      return List.of(new Count("device", account, tag, FREE_FOR_PAIR));
    }
    return List.of(
        new Count("pair", account, network.prefix(), FREE_FOR_PAIR),
        new Count("account", account, "", FREE_FOR_WHOLE),
        new Count("network", "", network.prefix(), FREE_FOR_WHOLE));
  }

  private static Duration delay(int over) {
    if (over < 0) {
      return Duration.ZERO;
    }
    Duration delay = Duration.ofSeconds(1L << Math.min(over, 20));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}
