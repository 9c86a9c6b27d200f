package dev.doorward.auth.login;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.FailureStore;
import dev.doorward.auth.store.FailureStore.Streak;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.Subject;
import dev.doorward.config.edge.LoginConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/**
 * Slows guessing down: after some failures in a row each further one doubles the wait. Counted per
 * account and network, per account, per network, and for all strangers together. After a hundred in
 * a row an account opens to strangers by recovery only. A browser in which the person has signed in
 * before has a count of its own only, so no stranger can lock anybody out there. An attempt counts
 * as a failure when it begins, so that many at once gain nothing. Kept in the store: a restart
 * forgives nothing.
 */
final class SignInThrottle {
  private static final Duration FORGOTTEN = Duration.ofHours(24);

  private static final Duration WHOLE_PERIOD = Duration.ofMinutes(10);
  private static final int FREE_FOR_PAIR = 4;
  private static final int FREE_FOR_MANY = 30;

  private final Ground ground;
  private final LoginConfig settings;
  private final UnaryOperator<byte[]> keyed;

  /**
   * What is counted.
   *
   * @param free failures that cost nothing
   * @param closes whether too many of them end it
   */
  private record Count(byte[] key, int free, boolean closes, boolean ofAccount) {}

  /** One attempt to sign in, counted as a failure so far. */
  final class Attempt {
    private final String who;
    private final List<Count> counts;
    private final List<Streak> before;
    private final Optional<byte[]> whole;
    private final Optional<Subject> subject;

    /** How long the next attempt waits if this one fails. */
    final Duration wait;

    /** Whether this failure is the one that closes the account for who attempts it. */
    final boolean closing;

    private Attempt(
        String who,
        List<Count> counts,
        List<Streak> before,
        Optional<byte[]> whole,
        Optional<Subject> subject,
        Duration wait,
        boolean closing) {
      this.who = who;
      this.counts = counts;
      this.before = before;
      this.whole = whole;
      this.subject = subject;
      this.wait = wait;
      this.closing = closing;
    }

    /**
     * The password was right: nothing is held against this account any more. The network keeps its
     * other failures, so that nobody clears them with an account of their own.
     */
    void succeeded(Handle h) {
      for (int i = 0; i < counts.size(); i++) {
        if (counts.get(i).ofAccount()) {
          FailureStore.delete(h, counts.get(i).key());
        } else {
          takeBack(h, counts.get(i), before.get(i));
        }
      }
      whole.ifPresent(key -> refund(h, key));
      FailureStore.delete(h, key("account", who, ""));
    }

    /** The attempt was not judged, so it does not count. */
    void withdrawn(Handle h) {
      for (int i = 0; i < counts.size(); i++) {
        takeBack(h, counts.get(i), before.get(i));
      }
      whole.ifPresent(key -> refund(h, key));
    }

    private void takeBack(Handle h, Count count, Streak was) {
      Streak now = FailureStore.find(h, count.key());
      int failures = Math.max(0, now.failures() - 1);
      FailureStore.put(h, count.key(), subject, new Streak(failures, was.until(), was.seenAt()));
    }
  }

  /** Begun, or why not. */
  sealed interface Begin {
    /** Go on. */
    record Begun(Attempt attempt) implements Begin {}

    /** Too many failures. */
    record Wait(Duration time) implements Begin {}

    /** So many failures that only recovery opens the account from here. */
    record Closed() implements Begin {}
  }

  /**
   * A throttle.
   *
   * @param keyed makes of what is counted the key that is stored: a name that was typed may be a
   *     mistyped password, so it is never stored in a way that can be guessed at
   */
  SignInThrottle(Ground ground, LoginConfig settings, UnaryOperator<byte[]> keyed) {
    this.ground = ground;
    this.settings = settings;
    this.keyed = keyed;
  }

  /**
   * Begins an attempt.
   *
   * @param account name as typed, lower case, of a person or of nobody
   * @param subject the person of that name
   * @param device the browser, where that person has signed in in it before
   */
  Begin begin(
      String account, Optional<Subject> subject, Network network, Optional<SecretHash> device) {
    String who = subject.map(Subject::value).orElse("?" + account);
    return ground.transact(h -> begin(h, who, subject, network, device));
  }

  /** Begins an attempt at the second factor, counted apart from attempts at the password. */
  Begin beginCode(Subject subject, Network network, Optional<SecretHash> device) {
    String who = "code " + subject.value();
    return ground.transact(h -> begin(h, who, Optional.of(subject), network, device));
  }

  private Begin begin(
      Handle h,
      String who,
      Optional<Subject> subject,
      Network network,
      Optional<SecretHash> device) {
    Instant now = ground.clock().instant();
    List<Count> counts = counts(who, network, device);
    List<Streak> before = new ArrayList<>();
    for (Count count : counts) {
      Streak streak = FailureStore.find(h, count.key());
      if (count.closes() && streak.failures() >= settings.closesAfter()) {
        return new Begin.Closed();
      }
      if (streak.until().isAfter(now)) {
        return new Begin.Wait(Duration.between(now, streak.until()));
      }
      boolean forgotten = !count.closes() && streak.seenAt().isBefore(now.minus(FORGOTTEN));
      before.add(forgotten ? Streak.NONE : streak);
    }
    Optional<byte[]> whole =
        device.isPresent() ? Optional.empty() : Optional.of(key("all", "", ""));
    if (whole.isPresent()) {
      Optional<Duration> wait = spend(h, whole.get(), now);
      if (wait.isPresent()) {
        return new Begin.Wait(wait.get());
      }
    }
    Duration longest = Duration.ZERO;
    boolean closing = false;
    for (int i = 0; i < counts.size(); i++) {
      Count count = counts.get(i);
      int failures = before.get(i).failures() + 1;
      Duration delay = delay(failures - count.free());
      FailureStore.put(
          h,
          count.key(),
          count.ofAccount() ? subject : Optional.empty(),
          new Streak(failures, now.plus(delay), now));
      longest = delay.compareTo(longest) > 0 ? delay : longest;
      closing |= count.closes() && failures == settings.closesAfter();
    }
    return new Begin.Begun(new Attempt(who, counts, before, whole, subject, longest, closing));
  }

  private List<Count> counts(String who, Network network, Optional<SecretHash> device) {
    if (device.isPresent()) {
      String tag = HexFormat.of().formatHex(device.get().bytes());
      return List.of(new Count(key("device", who, tag), FREE_FOR_PAIR, true, true));
    }
    String prefix = network.prefix();
    return List.of(
        new Count(key("account", who, ""), FREE_FOR_MANY, true, true),
        new Count(key("pair", who, prefix), FREE_FOR_PAIR, false, true),
        new Count(key("network", "", prefix), FREE_FOR_MANY, false, false));
  }

  /** Takes one from the allowance of all strangers (GCRA over the column {@code until}). */
  private Optional<Duration> spend(Handle h, byte[] key, Instant now) {
    Instant paid = FailureStore.find(h, key).until();
    Instant next = (paid.isBefore(now) ? now : paid).plus(interval());
    Duration over = Duration.between(now.plus(WHOLE_PERIOD), next);
    if (over.isPositive()) {
      return Optional.of(over);
    }
    FailureStore.put(h, key, Optional.empty(), new Streak(0, next, now));
    return Optional.empty();
  }

  private void refund(Handle h, byte[] key) {
    Streak paid = FailureStore.find(h, key);
    FailureStore.put(
        h, key, Optional.empty(), new Streak(0, paid.until().minus(interval()), paid.seenAt()));
  }

  private Duration interval() {
    return WHOLE_PERIOD.dividedBy(settings.failuresPerTenMinutes());
  }

  private byte[] key(String kind, String account, String place) {
    String text = kind + "\n" + account + "\n" + place;
    return keyed.apply(text.getBytes(StandardCharsets.UTF_8));
  }

  private Duration delay(int over) {
    if (over < 0) {
      return Duration.ZERO;
    }
    Duration delay = Duration.ofSeconds(1L << Math.min(over, 20));
    return delay.compareTo(settings.longestWait()) > 0 ? settings.longestWait() : delay;
  }
}
