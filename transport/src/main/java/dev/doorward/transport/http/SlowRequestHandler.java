package dev.doorward.transport.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a peer that keeps a connection busy by being slow. A head must be whole in time, a body
 * must keep coming at a rate, and a connection may rest only so long. While an answer is being made
 * or streamed nothing is timed here. A slow head or a rest closes the connection; a slow body fires
 * {@link Timeout#BODY}, so that it can be answered with 408. Behind the codec; one per HTTP/1.1
 * connection, or per HTTP/2 stream, where only the body is timed. The timer is touched only where
 * it would fire too late, so fast requests do not pay for it.
 */
public final class SlowRequestHandler extends ChannelDuplexHandler {
  /** What took too long. */
  public enum Timeout {
    /** The rest of a request body did not come. */
    BODY
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final boolean connection;
  private final long headNanos;
  private final long idleNanos;
  private final long bodyIdleNanos;
  private final int bodyRate;

  private long origin;
  private long deadline = NEVER;
  private long armedFor = NEVER;
  private @Nullable Future<?> timer;
  private int pending;
  private boolean inBody;
  private boolean inHead;
  private boolean sawMessage;
  private long bodyStart;
  private long bodyBytes;

  private SlowRequestHandler(HttpLimits limits, boolean connection) {
    this.connection = connection;
    this.headNanos = limits.headTimeout().toNanos();
    this.idleNanos = limits.idleTimeout().toNanos();
    this.bodyIdleNanos = limits.bodyIdleTimeout().toNanos();
    this.bodyRate = limits.bodyRate();
  }

  /** For an HTTP/1.1 connection: heads, bodies and rests. */
  public static SlowRequestHandler ofConnection(HttpLimits limits) {
    return new SlowRequestHandler(limits, true);
  }

  /** For one HTTP/2 stream: the body only. */
  public static SlowRequestHandler ofStream(HttpLimits limits) {
    return new SlowRequestHandler(limits, false);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    origin = ctx.executor().ticker().nanoTime();
    if (connection) {
      inHead = true;
      expire(ctx, headNanos);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    sawMessage = true;
    if (msg instanceof HttpRequest) {
      pending++;
      inHead = false;
      inBody = true;
      bodyStart = -1;
      bodyBytes = 0;
      deadline = NEVER;
    }
    if (msg instanceof LastHttpContent) {
      inBody = false;
      deadline = NEVER;
    } else if (msg instanceof HttpContent content) {
      bodyBytes += content.content().readableBytes();
    }
    ctx.fireChannelRead(msg);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (inBody) {
      timeBody(ctx);
    } else if (connection && pending == 0 && !sawMessage && !inHead) {
      inHead = true; // bytes came, but no whole head
      expire(ctx, headNanos);
    }
    sawMessage = false;
    ctx.fireChannelReadComplete();
  }

  private void timeBody(ChannelHandlerContext ctx) {
    long now = now(ctx);
    if (bodyStart < 0) {
      bodyStart = now;
    }
    long earned = headNanos + bodyBytes * 1_000_000_000L / bodyRate;
    long at = Math.min(now + bodyIdleNanos, bodyStart + earned);
    deadline = at;
    arm(ctx, now);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    boolean interim =
        msg instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (msg instanceof LastHttpContent && !interim && pending > 0) {
      pending--;
      if (pending == 0 && !inBody && connection) {
        expire(ctx, idleNanos);
      }
    }
    ctx.write(msg, promise);
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

  private long now(ChannelHandlerContext ctx) {
    return ctx.executor().ticker().nanoTime() - origin;
  }

  private void expire(ChannelHandlerContext ctx, long nanos) {
    long now = now(ctx);
    deadline = now + nanos;
    arm(ctx, now);
  }

  private void arm(ChannelHandlerContext ctx, long now) {
    if (armedFor <= deadline) {
      return; // fires early, looks again and is armed anew
    }
    if (timer != null) {
      timer.cancel(false);
    }
    armedFor = deadline;
    timer = ctx.executor().schedule(() -> fire(ctx), deadline - now, TimeUnit.NANOSECONDS);
  }

  private void fire(ChannelHandlerContext ctx) {
    armedFor = NEVER;
    timer = null;
    if (deadline == NEVER || !ctx.channel().isActive()) {
      return;
    }
    long now = now(ctx);
    if (now < deadline) {
      arm(ctx, now);
    } else if (inBody) {
      deadline = NEVER;
      inBody = false; // told once
      ctx.fireUserEventTriggered(Timeout.BODY);
    } else {
      ctx.close();
    }
  }
}
