package dev.doorward.transport.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
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
  private static final long DRAIN_STEP_MILLIS = 250;

  private final Http2FrameCodec codec;
  private final long headNanos;
  private final long idleNanos;
  private long restingSince;
  private boolean used;
  private boolean draining;
  private boolean wasQuiet;
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
    if (event == Drain.EVENT && !draining) {
      draining = true;
      if (codec.connection().numActiveStreams() == 0) {
        ctx.close();
      } else {
        ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        drainStep(ctx);
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  /**
   * Clients are known to drop an answer that they have not quite read when the connection ends, so
   * the end comes a moment after the last stream.
   */
  private void drainStep(ChannelHandlerContext ctx) {
    ctx.executor()
        .schedule(
            () -> {
              boolean quiet = codec.connection().numActiveStreams() == 0;
              if (quiet && wasQuiet) {
                ctx.close();
              } else if (ctx.channel().isActive()) {
                wasQuiet = quiet;
                drainStep(ctx);
              }
            },
            DRAIN_STEP_MILLIS,
            TimeUnit.MILLISECONDS);
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
