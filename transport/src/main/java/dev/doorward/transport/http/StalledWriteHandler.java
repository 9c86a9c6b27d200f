package dev.doorward.transport.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a peer that asks and does not read, so that answers pile up. A channel that stays
 * unwritable for the given time without taking a byte is closed; for an HTTP/2 stream that is a
 * reset of the stream.
 */
public final class StalledWriteHandler extends ChannelInboundHandlerAdapter {
  private final long stallNanos;
  private @Nullable Future<?> timer;

  /** A handler that closes after {@code stall}. */
  public StalledWriteHandler(Duration stall) {
    this.stallNanos = stall.toNanos();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      cancel();
    } else if (timer == null) {
      watch(ctx, ctx.channel().bytesBeforeWritable());
    }
    ctx.fireChannelWritabilityChanged();
  }

  private void watch(ChannelHandlerContext ctx, long before) {
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  timer = null;
                  long left = ctx.channel().bytesBeforeWritable();
                  if (left <= 0 || !ctx.channel().isActive()) {
                    return;
                  }
                  if (left < before) {
                    watch(ctx, left);
                  } else {
                    ctx.channel().close();
                  }
                },
                stallNanos,
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel();
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
