package dev.doorward.auth.port;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that are slow: one on which no request was begun and ended in its time, and one
 * that rests for too long between two. All on the connection's loop.
 */
final class PortTimes extends ChannelInboundHandlerAdapter {
  /** How long a connection may rest; an edge lets go of its own much earlier. */
  static final Duration REST = Duration.ofMinutes(2);

  private final Duration request;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean begun;

  PortTimes(Duration request) {
    this.request = request;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    within(ctx, request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!begun) {
      begun = true;
      within(ctx, request);
    }
    ctx.fireChannelRead(message);
  }

  /** The request is whole. */
  void arrived() {
    stop();
  }

  /** It was answered; the next one may begin. */
  void answered(ChannelHandlerContext ctx) {
    begun = false;
    within(ctx, REST);
  }

  private void within(ChannelHandlerContext ctx, Duration time) {
    stop();
    deadline = ctx.executor().schedule(() -> ctx.close(), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stop() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stop();
    ctx.fireChannelInactive();
  }
}
