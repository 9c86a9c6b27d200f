package dev.doorward.edge.auth.apart;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The machine's clock, but it never goes back and is never behind what the auth-server has said:
 * that one keeps its time over restarts, this one keeps none. Safe on any thread.
 */
final class HeardClock implements InstantSource {
  private final InstantSource source;
  private final LongSupplier nanos;
  private final AtomicReference<Reading> last;

  private record Reading(Instant time, long nanos) {}

  HeardClock(InstantSource source, LongSupplier nanos) {
    this.source = source;
    this.nanos = nanos;
    this.last = new AtomicReference<>(new Reading(source.instant(), nanos.getAsLong()));
  }

  @Override
  public Instant instant() {
    return later(source.instant());
  }

  /** It is at least this late. */
  void heard(Instant time) {
    var _ = later(time);
  }

  private Instant later(Instant time) {
    long at = nanos.getAsLong();
    return last.updateAndGet(
            old -> {
              Instant gone = old.time().plusNanos(Math.max(0, at - old.nanos()));
              return new Reading(time.isBefore(gone) ? gone : time, Math.max(at, old.nanos()));
            })
        .time();
  }
}
