package dev.doorward.transport.link;

import java.time.Duration;

/** Counts events in a fixed window of time. Pure; owned by one thread. */
final class RateBound {
  private final int most;
  private final long window;
  private long from;
  private int count;

  RateBound(int most, Duration window, long now) {
    this.most = most;
    this.window = window.toNanos();
    this.from = now;
  }

  /** Counts one event; false where it is one too many. */
  boolean take(long now) {
    if (now - from >= window) {
      from = now;
      count = 0;
    }
    return ++count <= most;
  }
}
