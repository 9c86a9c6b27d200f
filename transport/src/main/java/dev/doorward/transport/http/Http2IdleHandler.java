package dev.doorward.transport.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: HTTP/2 connections that rest for ever, kept warm by PING or never sending a whole head. A
 * connection without an open stream is closed, with GOAWAY, after the rest that is allowed. Behind
 * the frame codec; one per connection.
 */
public final class Http2IdleHandler extends ChannelInboundHandlerAdapter {
  private final Http2FrameCodec codec;
  private final long headNanos;
  private final long idleNanos;
  private long restingSince;
  private boolean used;
  private @Nullable Future<?> timer;

  /** A handler for the connection of {@code codec}. */
  public Http2IdleHandler(Http2FrameCodec codec, HttpLimits limits) {
    this.codec = codec;
    this.headNanos = limits.headTimeout().toNanos();
    this.idleNanos = limits.idleTimeout().toNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    restingSince = ctx.executor().ticker().nanoTime();
    watch(ctx, headNanos);
  }

  private void watch(ChannelHandlerContext ctx, long nanos) {
    timer = ctx.executor().schedule(() -> look(ctx), nanos, TimeUnit.NANOSECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    long now = ctx.executor().ticker().nanoTime();
    if (codec.connection().numActiveStreams() > 0) {
      used = true;
      restingSince = now;
      watch(ctx, idleNanos);
      return;
    }
    long left = restingSince + (used ? idleNanos : headNanos) - now;
    if (left > 0) {
      watch(ctx, left);
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (codec.connection().numActiveStreams() > 0) {
      used = true;
      restingSince = ctx.executor().ticker().nanoTime();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.EVENT) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    handlerRemoved(ctx);
    ctx.fireChannelInactive();
  }
}
