package dev.doorward.transport.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request at a time on an HTTP/1.1 connection. Pipelined requests wait, and while they do the
 * socket is not read. Decides about keep-alive and about the framing of answers without a length. A
 * connection whose request was answered before it was whole is drained for a moment, so that the
 * answer is not lost to a reset, and closed. Behind {@link Http1Codec}; one per connection.
 */
public final class Http1TurnHandler extends ChannelDuplexHandler {
  private static final int MAX_WAITING = 1024;
  private static final long LINGER_MILLIS = 1000;

  private final Http1Codec codec;
  private final Queue<Object> waiting = new ArrayDeque<>(4);
  private boolean answering;
  private boolean receiving;
  private boolean keepAlive = true;
  private boolean closing;
  private @Nullable HttpVersion version;

  /** A handler for the connection of {@code codec}. */
  public Http1TurnHandler(Http1Codec codec) {
    this.codec = codec;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (closing) {
      ReferenceCountUtil.release(msg);
      if (msg instanceof LastHttpContent) {
        ctx.close();
      }
      return;
    }
    if (waiting.isEmpty() && !(msg instanceof HttpRequest && answering)) {
      pass(ctx, msg);
      return;
    }
    waiting.add(msg);
    ctx.channel().config().setAutoRead(false);
    if (waiting.size() > MAX_WAITING) {
      ctx.close();
    }
  }

  private void pass(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof HttpRequest request) {
      answering = true;
      receiving = true;
      version = request.protocolVersion();
      keepAlive = keepAlive && HttpUtil.isKeepAlive(request);
      codec.answering(request.method());
    }
    if (msg instanceof LastHttpContent last) {
      receiving = false;
      if (last.decoderResult().isFailure()) {
        keepAlive = false;
      }
    }
    ctx.fireChannelRead(msg);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof HttpResponse response) {
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        ctx.write(msg, promise);
        return;
      }
      frame(response);
    }
    ChannelFuture written = ctx.write(msg, promise);
    if (msg instanceof LastHttpContent) {
      endTurn(ctx, written);
    }
  }

  private void frame(HttpResponse response) {
    HttpHeaders headers = response.headers();
    if (receiving || headers.containsValue(HttpHeaderNames.CONNECTION, "close", true)) {
      keepAlive = false;
    }
    int status = response.status().code();
    boolean mayHaveBody = status != 204 && status != 304;
    if (mayHaveBody && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (HttpVersion.HTTP_1_1.equals(version)) {
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      } else {
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        keepAlive = false;
      }
    }
    if (!keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (HttpVersion.HTTP_1_0.equals(version)) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    } else {
      headers.remove(HttpHeaderNames.CONNECTION);
    }
  }

  private void endTurn(ChannelHandlerContext ctx, ChannelFuture written) {
    answering = false;
    if (keepAlive) {
      if (!waiting.isEmpty()) {
        ctx.executor().execute(() -> nextTurn(ctx));
      }
      return;
    }
    closing = true;
    releaseWaiting();
    if (receiving) {
      ctx.channel().config().setAutoRead(true);
      ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void nextTurn(ChannelHandlerContext ctx) {
    boolean any = false;
    while (!waiting.isEmpty() && !(waiting.peek() instanceof HttpRequest && answering)) {
      pass(ctx, waiting.remove());
      any = true;
    }
    if (any) {
      ctx.fireChannelReadComplete();
    }
    if (waiting.isEmpty() && !closing) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.EVENT) {
      keepAlive = false;
      if (!answering) {
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    releaseWaiting();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseWaiting();
  }

  private void releaseWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }
}
