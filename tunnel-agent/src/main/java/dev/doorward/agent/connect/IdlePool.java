package dev.doorward.agent.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Idle connections to one backend on one loop; the youngest is used first. Everything on that loop.
 * Connections are kept shorter than servers keep them, because a request that meets a closing
 * connection is lost: it is never sent twice.
 */
final class IdlePool {
  private static final int MOST = 64;
  private static final long SWEEP_SECONDS = 2;

  private final EventLoop loop;
  private final LongSupplier nanoTime;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean sweeping;
  private boolean closed;

  private record Idle(Channel channel, long until) {}

  IdlePool(EventLoop loop, LongSupplier nanoTime) {
    this.loop = loop;
    this.nanoTime = nanoTime;
  }

  /** A connection that is open as far as this side knows, or null. */
  @Nullable Channel take() {
    long now = nanoTime.getAsLong();
    for (Idle youngest = idle.pollFirst(); youngest != null; youngest = idle.pollFirst()) {
      if (youngest.channel().isActive() && now < youngest.until()) {
        return youngest.channel();
      }
      youngest.channel().close();
    }
    return null;
  }

  /** Gives a connection back whose exchange ended cleanly. */
  void put(Channel channel, long keepNanos) {
    if (closed || keepNanos <= 0 || idle.size() >= MOST || !channel.isActive()) {
      channel.close();
      return;
    }
    idle.addFirst(new Idle(channel, nanoTime.getAsLong() + keepNanos));
    scheduleSweep();
  }

  private void scheduleSweep() {
    if (!sweeping) {
      sweeping = true;
      loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = nanoTime.getAsLong();
    idle.removeIf(each -> {
      boolean old = now >= each.until() || !each.channel().isActive();
      if (old) {
        each.channel().close();
      }
      return old;
    });
    if (!idle.isEmpty()) {
      scheduleSweep();
    }
  }

  int size() {
    return idle.size();
  }

  void close() {
    closed = true;
    idle.forEach(each -> each.channel().close());
    idle.clear();
  }
}
