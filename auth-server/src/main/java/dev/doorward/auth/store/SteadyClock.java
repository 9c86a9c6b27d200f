package dev.doorward.auth.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's clock, but it never goes back, over restarts too: what has ended stays ended. Where
 * the machine's clock falls behind the latest time that was seen, time goes on from there at its
 * own pace. Safe on any thread; only what takes or opens a database handle blocks.
 */
public final class SteadyClock implements InstantSource {
  private static final Logger LOG = LoggerFactory.getLogger(SteadyClock.class);
  private static final Duration KEPT_EVERY = Duration.ofSeconds(1);
  private static final Duration TOLD_FROM = Duration.ofMinutes(1);

  private final Database database;
  private final InstantSource source;
  private final LongSupplier nanos;
  private final AtomicReference<Reading> last;
  private volatile Instant kept;

  /** A time that was given out, and the running time of the process then. */
  private record Reading(Instant time, long nanos) {}

  private SteadyClock(Database database, InstantSource source, LongSupplier nanos, Instant mark) {
    this.database = database;
    this.source = source;
    this.nanos = nanos;
    this.kept = mark;
    this.last = new AtomicReference<>(new Reading(mark, nanos.getAsLong()));
  }

  /**
   * Reads the latest time that was kept. Blocks.
   *
   * @param nanos running time of the process, never going back
   */
  public static SteadyClock open(Database database, InstantSource source, LongSupplier nanos) {
    Instant mark =
        database
            .jdbi()
            .withHandle(h ->
                h.createQuery("select at from clock_mark")
                    .mapTo(Long.class)
                    .findOne()
                    .map(Instant::ofEpochMilli)
                    .orElse(Instant.EPOCH));
    Duration behind = Duration.between(source.instant(), mark);
    if (behind.compareTo(TOLD_FROM) > 0) {
      LOG.atWarn()
          .addKeyValue("event", "clock_behind")
          .addKeyValue("latest", mark)
          .addKeyValue("behind_seconds", behind.toSeconds())
          .log(
              "the clock of this machine is behind the latest time seen, so tokens are dated from"
                  + " there; set the clock, or if it is right, run: doorward clock accept");
    }
    return new SteadyClock(database, source, nanos, mark);
  }

  @Override
  public Instant instant() {
    Instant now = source.instant();
    long at = nanos.getAsLong();
    return last.updateAndGet(old ->
            new Reading(
                now.isBefore(old.time())
                    ? old.time().plusNanos(Math.max(0, at - old.nanos()))
                    : now,
                Math.max(at, old.nanos())))
        .time();
  }

  /** By how much the machine's clock is behind this one; zero where it is not. */
  public Duration behind() {
    Duration behind = Duration.between(source.instant(), instant());
    return behind.isNegative() ? Duration.ZERO : behind;
  }

  /** Keeps the time with the transaction of {@code h}, where the one kept is a second old. */
  public void keep(Handle h) {
    Instant now = instant();
    if (now.isBefore(kept.plus(KEPT_EVERY))) {
      return;
    }
    put(h, now);
    kept = now;
  }

  /**
   * Keeps the time in a transaction of its own, before somebody is told that something has ended.
   * At most once a second; a disk that is full keeps nobody from being told. Blocks.
   */
  public void keep() {
    try {
      if (!instant().isBefore(kept.plus(KEPT_EVERY))) {
        database.jdbi().useTransaction(this::keep);
      }
    } catch (JdbiException e) {
      LOG.atWarn()
          .addKeyValue("event", "clock_not_kept")
          .addKeyValue("cause", e.getClass().getSimpleName())
          .log("the latest time could not be written down");
    }
  }

  /** Takes the machine's clock for right, with the transaction of {@code h}, whatever was seen. */
  public void accept(Handle h) {
    Instant now = source.instant();
    put(h, now);
    kept = now;
    last.set(new Reading(now, nanos.getAsLong()));
  }

  private static void put(Handle h, Instant at) {
    h.createUpdate("insert or replace into clock_mark (one, at) values (1, :at)")
        .bind("at", at.toEpochMilli())
        .execute();
  }
}
