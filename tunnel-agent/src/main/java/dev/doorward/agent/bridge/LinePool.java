package dev.doorward.agent.bridge;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines to one server: how many there may be, how soon another is opened after one that failed,
 * and what that says of the server's health. A failure is waited after for 1 s, and twice as long
 * each time, up to a minute. Safe on any thread.
 */
final class LinePool {
  private static final long FIRST_WAIT = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final int TOLERATED = 3;

  /** Which revisions of MCP a server speaks. */
  enum Era {
    UNKNOWN,
    LEGACY,
    MODERN
  }

  private final ServerLine.Source source;
  private final int most;
  private final LongSupplier nanoTime;
  private final Consumer<BackendHealth> onHealth;
  private volatile Era era = Era.UNKNOWN;
  private volatile BackendHealth health = new BackendHealth.Untried();
  private int open;
  private int failures;
  private long notBefore;

  LinePool(
      ServerLine.Source source, int most, LongSupplier nanoTime, Consumer<BackendHealth> onHealth) {
    this.source = source;
    this.most = most;
    this.nanoTime = nanoTime;
    this.onHealth = onHealth;
    this.notBefore = nanoTime.getAsLong();
  }

  /** Opens a line; refused where too many are open, or the last one failed a moment ago. */
  Outcome<ServerLine> open(ServerLine.Listener listener) {
    synchronized (this) {
      if (nanoTime.getAsLong() - notBefore < 0) {
        return Outcome.failed(
            health instanceof BackendHealth.Down(Problem problem)
                ? problem
                : new Problem(Reason.BACKEND_UNREACHABLE, "it failed a moment ago"));
      }
      if (open >= most) {
        return Outcome.failed(Reason.OVERLOADED, "all processes of the service are in use");
      }
      open++;
    }
    AtomicBoolean closed = new AtomicBoolean();
    Outcome<ServerLine> opened =
        source.open(
            new ServerLine.Listener() {
              @Override
              public void onMessage(byte[] message) {
                listener.onMessage(message);
              }

              @Override
              public void onEnd(Reason reason, String text) {
                if (closed.compareAndSet(false, true)) {
                  oneLess();
                }
                listener.onEnd(reason, text);
              }
            });
    if (opened instanceof Outcome.Failed<ServerLine>(Problem problem)) {
      oneLess();
      failed(problem);
    }
    return opened;
  }

  private synchronized void oneLess() {
    open--;
  }

  /** Whether no other line may be opened now because of how many there are. */
  synchronized boolean full() {
    return open >= most;
  }

  /** A line failed before it could be used, or one that serves all broke. */
  void failed(Problem problem) {
    synchronized (this) {
      notBefore = nanoTime.getAsLong() + (FIRST_WAIT << Math.min(failures, MOST_DOUBLINGS));
      failures++;
    }
    became(new BackendHealth.Down(problem));
  }

  /**
   * A line for one caller failed before it could be used. That may have been the caller's doing, so
   * others do not wait until it happened thrice and no line worked in between.
   */
  void failedForOne(Problem problem) {
    synchronized (this) {
      failures++;
      if (failures < TOLERATED) {
        return;
      }
      notBefore =
          nanoTime.getAsLong() + (FIRST_WAIT << Math.min(failures - TOLERATED, MOST_DOUBLINGS));
    }
    became(new BackendHealth.Down(problem));
  }

  /** The server answered. */
  void worked() {
    synchronized (this) {
      failures = 0;
    }
    became(new BackendHealth.Up());
  }

  private void became(BackendHealth now) {
    BackendHealth before;
    synchronized (this) {
      before = health;
      health = now;
    }
    if (!before.equals(now)) {
      onHealth.accept(now);
    }
  }

  BackendHealth health() {
    return health;
  }

  /**
   * Looks at what can be seen without opening a line.
   *
   * @param hindrance why no line could be opened, or null
   */
  void looked(@Nullable Problem hindrance) {
    if (hindrance != null) {
      became(new BackendHealth.Down(hindrance));
      return;
    }
    boolean wait;
    synchronized (this) {
      wait = nanoTime.getAsLong() - notBefore < 0;
    }
    if (!wait && !(health instanceof BackendHealth.Up)) {
      became(new BackendHealth.Up());
    }
  }

  Era era() {
    return era;
  }

  void era(Era known) {
    era = known;
  }
}
