package dev.doorward.edge.pipeline;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import dev.doorward.edge.route.Route;
import dev.doorward.transport.http.RefusedRequest;
import dev.doorward.transport.http.SlowRequestHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Collects one request at a time, bounded, and hands it to the endpoint of its route. A body that
 * comes in one piece is passed on without a copy; one in several is copied once into one buffer. An
 * answer that is known before a short body has come waits for the body, so that the connection can
 * go on. The last handler of an HTTP/1.1 connection or an HTTP/2 stream.
 */
final class ExchangeHandler extends ChannelInboundHandlerAdapter {
  private static final Problem TOO_LARGE =
      new Problem(Reason.HTTP_BODY_TOO_LARGE, "The request body is too large.");
  private static final Problem MALFORMED =
      new Problem(Reason.HTTP_MALFORMED, "The request body is not valid HTTP.");
  private static final Problem SLOW =
      new Problem(Reason.HTTP_TIMEOUT, "The request body did not come in time.");
  private static final Problem OVERLOADED =
      new Problem(Reason.OVERLOADED, "Too many large requests at the moment; try again.");

  private final Endpoints endpoints;
  private final InetAddress remote;
  private final String protocol;

  private @Nullable Exchange exchange;
  private @Nullable Endpoint endpoint;
  private @Nullable Reply waitingReply;
  private @Nullable ByteBuf body;
  private int reserved;
  private boolean receiving;
  private boolean swallowing;

  ExchangeHandler(Endpoints endpoints, InetAddress remote, String protocol) {
    this.endpoints = endpoints;
    this.remote = remote;
    this.protocol = protocol;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    switch (msg) {
      case RefusedRequest refused -> onRefused(ctx, refused);
      case HttpRequest request -> {
        onHead(ctx, request);
        if (request instanceof FullHttpRequest full) {
          onContent(ctx, full);
        }
      }
      case HttpContent content -> onContent(ctx, content);
      default -> ReferenceCountUtil.release(msg);
    }
  }

  private Exchange open(ChannelHandlerContext ctx, HttpRequest request, Route route) {
    var opened = new Exchange(this, ctx, request, endpoints.ids().next(), remote, protocol, route);
    exchange = opened;
    endpoint = null;
    waitingReply = null;
    return opened;
  }

  private void onRefused(ChannelHandlerContext ctx, RefusedRequest refused) {
    HttpRequest request = refused.request();
    Exchange opened = open(ctx, request, new Route.Unknown());
    receiving = !(request instanceof FullHttpRequest);
    HttpResponseStatus status = refused.refusal().status();
    if (refused.refusal().closes()) {
      swallowing = false;
      opened.reply(Replies.closing(status, refused.refusal().problem()));
    } else {
      swallowing = isShort(request.headers());
      opened.reply(Replies.problem(status, refused.refusal().problem()));
    }
  }

  private void onHead(ChannelHandlerContext ctx, HttpRequest request) {
    String uri = request.uri();
    int question = uri.indexOf('?');
    Route route = endpoints.router().route(question < 0 ? uri : uri.substring(0, question));
    Exchange opened = open(ctx, request, route);
    Endpoint serving = endpoints.of(route);
    endpoint = serving;
    receiving = true;
    swallowing = isShort(request.headers());
    long length = HttpUtil.getContentLength(request, -1L);
    if (length > serving.maxBody()) {
      opened.reply(Replies.closing(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE));
      return;
    }
    Reply early = serving.onHead(opened);
    if (early != null) {
      opened.reply(early);
    } else if (HttpUtil.is100ContinueExpected(request)) {
      swallowing = false;
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  /** Whether the body is short enough, below 100 KB, to be thrown away before an answer. */
  private static boolean isShort(HttpHeaders headers) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return !headers.contains(HttpHeaderNames.EXPECT)
        && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        && (length == null || isShort(length));
  }

  private static boolean isShort(String length) {
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return false;
      }
    }
    return !length.isEmpty() && length.length() <= 5;
  }

  private void onContent(ChannelHandlerContext ctx, HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    receiving = !last;
    Exchange current = exchange;
    Endpoint serving = endpoint;
    Reply waiting = waitingReply;
    if (current == null || waiting != null || serving == null) {
      content.release();
      if (last && waiting != null && current != null) {
        waitingReply = null;
        current.send(waiting);
      }
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      dropBody();
      current.reply(Replies.closing(HttpResponseStatus.BAD_REQUEST, MALFORMED));
      return;
    }
    current.received(content.content().readableBytes());
    if (last && body == null) {
      endpoint = null;
      serving.onRequest(current, content.content());
      return;
    }
    collect(ctx, current, serving, content, last);
  }

  private void collect(
      ChannelHandlerContext ctx,
      Exchange current,
      Endpoint serving,
      HttpContent content,
      boolean last) {
    ByteBuf part = content.content();
    int length = part.readableBytes();
    int size = body == null ? 0 : body.readableBytes();
    if (size + length > serving.maxBody()) {
      content.release();
      dropBody();
      swallowing = false;
      current.reply(Replies.closing(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE));
      return;
    }
    if (!endpoints.budget().reserve(length)) {
      content.release();
      dropBody();
      swallowing = false;
      current.reply(
          Replies.closing(HttpResponseStatus.SERVICE_UNAVAILABLE, OVERLOADED)
              .with(HttpHeaderNames.RETRY_AFTER, 1));
      return;
    }
    reserved += length;
    ByteBuf collected = body;
    if (collected == null) {
      long declared = HttpUtil.getContentLength(current.request(), (long) length);
      collected = ctx.alloc().buffer((int) Math.min(declared, 64 * 1024), serving.maxBody());
      body = collected;
    }
    collected.writeBytes(part);
    content.release();
    if (last) {
      body = null;
      endpoint = null;
      unreserve();
      serving.onRequest(current, collected);
    }
  }

  /** Called by the exchange: now, or when the rest of a short body is in. */
  void reply(Exchange from, Reply reply) {
    if (receiving && swallowing) {
      waitingReply = reply;
    } else {
      from.send(reply);
    }
  }

  void ended(Exchange from) {
    if (exchange == from) {
      exchange = null;
      endpoint = null;
      waitingReply = null;
      dropBody();
    }
  }

  private void dropBody() {
    if (body != null) {
      body.release();
      body = null;
    }
    unreserve();
  }

  private void unreserve() {
    endpoints.budget().release(reserved);
    reserved = 0;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && ctx.channel().isWritable()) {
      exchange.writable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    Exchange current = exchange;
    if (event == SlowRequestHandler.Timeout.BODY && current != null && receiving) {
      dropBody();
      waitingReply = null;
      swallowing = false;
      current.reply(Replies.closing(HttpResponseStatus.REQUEST_TIMEOUT, SLOW));
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.gone();
    }
    dropBody();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    endpoints.faults().accept(cause);
    ctx.close();
  }
}
