package dev.doorward.edge.cert;

import dev.doorward.transport.http.RefusedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One connection of the plain port: pages of challenges, and for everything else that may be read
 * the way to https. It reads no body, and sends nobody anywhere but to the public origin.
 */
final class PlainHandler extends ChannelInboundHandlerAdapter {
  private final ChallengePages pages;
  private final Set<String> names;
  private final String origin;

  /**
   * A handler.
   *
   * @param names hosts that are answered for, lower case
   * @param origin where everything else is, {@code https://host[:port]}
   */
  PlainHandler(ChallengePages pages, Set<String> names, String origin) {
    this.pages = pages;
    this.names = names;
    this.origin = origin;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case HttpRequest request -> ctx.writeAndFlush(answer(request));
        case RefusedRequest refused ->
            ctx.writeAndFlush(text(refused.refusal().status(), "This is no request for here.\n"));
        default -> {
          // the body, which nobody asked for
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private FullHttpResponse answer(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
    if (!names.contains(withoutPort(host))) {
      return text(HttpResponseStatus.MISDIRECTED_REQUEST, "This server is not that host.\n");
    }
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (!reads) {
      return text(HttpResponseStatus.FORBIDDEN, "Use " + origin + ", which is encrypted.\n");
    }
    Optional<String> page = pages.at(request.uri());
    if (page.isPresent()) {
      return text(HttpResponseStatus.OK, page.get());
    }
    if (request.uri().startsWith(ChallengePages.PREFIX)) {
      return text(HttpResponseStatus.NOT_FOUND, "There is no such challenge.\n");
    }
    FullHttpResponse moved = text(HttpResponseStatus.PERMANENT_REDIRECT, "");
    moved.headers().set(HttpHeaderNames.LOCATION, origin + request.uri());
    return moved;
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static FullHttpResponse text(HttpResponseStatus status, String text) {
    ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=us-ascii")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return response;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
