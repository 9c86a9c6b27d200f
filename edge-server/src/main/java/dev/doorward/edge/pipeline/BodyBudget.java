package dev.doorward.edge.pipeline;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of unfinished request bodies the process holds at most. Safe on any thread. */
public final class BodyBudget {
  private final long max;
  private final AtomicLong held = new AtomicLong();

  /** A budget of {@code max} bytes. */
  public BodyBudget(long max) {
    this.max = max;
  }

  /** Takes {@code bytes} of the budget; false, and nothing taken, where they are not there. */
  boolean reserve(int bytes) {
    if (held.addAndGet(bytes) > max) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(int bytes) {
    if (bytes > 0) {
      held.addAndGet(-bytes);
    }
  }

  /** Bytes that are held now. */
  public long held() {
    return held.get();
  }
}
