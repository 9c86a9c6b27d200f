package dev.doorward.transport.link;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Looks at a link every tick: sends echoes, finds silence, sweeps its streams. On its loop. */
final class LinkPulse {
  private final EventLoop loop;
  private final LinkFlow flow;
  private final LongConsumer echo;
  private final Runnable dead;
  private final LongConsumer sweep;
  private @Nullable ScheduledFuture<?> ticks;

  /**
   * A pulse that has not begun.
   *
   * @param echo sends an echo with this id
   * @param dead nothing comes from the peer any more
   * @param sweep looks for streams that stand still, at this time
   */
  LinkPulse(EventLoop loop, LinkFlow flow, LongConsumer echo, Runnable dead, LongConsumer sweep) {
    this.loop = loop;
    this.flow = flow;
    this.echo = echo;
    this.dead = dead;
    this.sweep = sweep;
  }

  /** Begins; the first echo goes out at once. */
  void start() {
    tick();
    long every = flow.settings().tick().toMillis();
    ticks = loop.scheduleAtFixedRate(this::tick, every, every, TimeUnit.MILLISECONDS);
  }

  void stop() {
    if (ticks != null) {
      ticks.cancel(false);
    }
  }

  private void tick() {
    long now = flow.nanoTime().getAsLong();
    switch (flow.keepAlive().onTick(now)) {
      case KeepAlive.Verdict.Wait wait -> sweep.accept(now);
      case KeepAlive.Verdict.Send(long id) -> {
        echo.accept(id);
        sweep.accept(now);
      }
      case KeepAlive.Verdict.Dead verdict -> dead.run();
    }
  }
}
