package dev.doorward.edge.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Identifiers of calls: unique over restarts by a random start, short, in no way secret. Safe on
 * any thread.
 */
public final class CallIds {
  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  /** Identifiers of one run of the process. */
  public CallIds(RandomGenerator random) {
    this.prefix =
        Long.toUnsignedString(random.nextLong() | Long.MIN_VALUE, 36).substring(0, 8) + "-";
  }

  /** The next one. */
  public String next() {
    return prefix + Long.toString(last.incrementAndGet(), 36);
  }
}
