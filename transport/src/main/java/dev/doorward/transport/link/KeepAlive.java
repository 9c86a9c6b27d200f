package dev.doorward.transport.link;

import java.time.Duration;

/**
 * Decides when to send an echo and when a link is dead, docs/link-protocol.md section 3. Pure: all
 * times are nanoseconds of one monotonic clock. Owned by the link's loop.
 */
final class KeepAlive {
  /** What to do now. */
  sealed interface Verdict {
    /** Nothing. */
    record Wait() implements Verdict {}

    /** Send an echo with this id. */
    record Send(long id) implements Verdict {}

    /** The link is dead. */
    record Dead() implements Verdict {}
  }

  private static final Verdict WAIT = new Verdict.Wait();
  private static final Verdict DEAD = new Verdict.Dead();
  private static final long HALTED = Duration.ofSeconds(5).toNanos();

  private final long every;
  private final long silence;
  private final long limit;
  private final long tick;

  private long lastTick;
  private long lastRead;
  private long sentAt;
  private long waitFrom;
  private long nextId;
  private boolean waiting;
  private boolean everSent;
  private long rtt = -1;
  private long shortest = -1;

  KeepAlive(LinkSettings settings, long now) {
    every = settings.echoEvery().toNanos();
    silence = settings.echoSilence().toNanos();
    limit = settings.echoLimit().toNanos();
    tick = settings.tick().toNanos();
    lastTick = now;
    lastRead = now;
  }

  /** Bytes of the peer have arrived. */
  void onRead(long now) {
    lastRead = now;
  }

  /** Looks at the clock. */
  Verdict onTick(long now) {
    long late = now - lastTick - tick;
    lastTick = now;
    if (!waiting) {
      return !everSent || now - sentAt >= every ? send(now) : WAIT;
    }
    if (late > HALTED) {
      // This process stood still, so the silence says nothing about the peer.
      waitFrom = now;
      return WAIT;
    }
    boolean silent = now - Math.max(lastRead, waitFrom) >= silence;
    return silent || now - waitFrom >= limit ? DEAD : WAIT;
  }

  private Verdict send(long now) {
    everSent = true;
    waiting = true;
    sentAt = now;
    waitFrom = now;
    return new Verdict.Send(nextId++);
  }

  /** The peer answered; false where this is no answer to the echo that is open. */
  boolean onEchoed(long id, long now) {
    if (!waiting || id != nextId - 1) {
      return false;
    }
    waiting = false;
    rtt = now - sentAt;
    shortest = shortest < 0 ? rtt : Math.min(shortest, rtt);
    return true;
  }

  /** Round trip of the last answered echo in nanoseconds, or -1. */
  long rttNanos() {
    return rtt;
  }

  /** The shortest round trip so far in nanoseconds, or -1: what the path takes without a queue. */
  long shortestNanos() {
    return shortest;
  }
}
