package dev.doorward.auth.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How often each network may do something: {@code burst} times at once, refilled evenly over {@code
 * period} (GCRA). In memory: a restart forgives. Safe on any thread.
 */
public final class Allowance {
  private static final int NETWORKS = 50_000;

  private final InstantSource clock;
  private final Duration period;
  private final Duration interval;
  private final Cache<Network, Instant> paidUntil =
      Caffeine.newBuilder().maximumSize(NETWORKS).build();

  /** Allows {@code burst} times in each {@code period}. */
  public Allowance(InstantSource clock, int burst, Duration period) {
    this.clock = clock;
    this.period = period;
    this.interval = period.dividedBy(burst);
  }

  /** Takes one; where none is left, how long until there is. */
  public Optional<Duration> spend(Network network) {
    Instant now = clock.instant();
    Duration[] wait = {Duration.ZERO};
    paidUntil
        .asMap()
        .compute(
            network,
            (_, paid) -> {
              Instant base = paid == null || paid.isBefore(now) ? now : paid;
              Instant next = base.plus(interval);
              Duration over = Duration.between(now.plus(period), next);
              if (over.isPositive()) {
                wait[0] = over;
                return base;
              }
              return next;
            });
    return wait[0].isZero() ? Optional.empty() : Optional.of(wait[0]);
  }

  /** How long until there is one to take, without taking it; empty where there is one. */
  public Optional<Duration> wait(Network network) {
    Instant paid = paidUntil.getIfPresent(network);
    if (paid == null) {
      return Optional.empty();
    }
    Duration over = Duration.between(clock.instant().plus(period), paid.plus(interval));
    return over.isPositive() ? Optional.of(over) : Optional.empty();
  }

  /** Whole seconds for a Retry-After header, at least 1. */
  public static String seconds(Duration wait) {
    return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
  }
}
