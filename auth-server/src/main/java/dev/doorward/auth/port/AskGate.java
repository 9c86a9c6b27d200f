package dev.doorward.auth.port;

import dev.doorward.auth.wire.Ask;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets through the one form that a request of an edge has: POST, HTTP/1.1, a known target, and
 * exactly the headers Host, Content-Type and Content-Length. Whatever else comes ends the
 * connection, so that there is nothing two parsers could read differently.
 */
final class AskGate extends ChannelInboundHandlerAdapter {
  private static final Set<String> HEADERS =
      Set.of(
          HttpHeaderNames.HOST.toString(),
          HttpHeaderNames.CONTENT_TYPE.toString(),
          HttpHeaderNames.CONTENT_LENGTH.toString());

  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!refused && message instanceof HttpRequest request) {
      HttpResponseStatus status = judge(request);
      if (status != null) {
        refused = true;
        ReferenceCountUtil.release(message);
        AskHandler.refuse(ctx, status);
        return;
      }
    }
    if (refused
        || (message instanceof HttpContent content && content.decoderResult().isFailure())) {
      ReferenceCountUtil.release(message);
      if (!refused) {
        refused = true;
        ctx.close();
      }
      return;
    }
    ctx.fireChannelRead(message);
  }

  private static @Nullable HttpResponseStatus judge(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (request.decoderResult().isFailure()
        || !HttpVersion.HTTP_1_1.equals(request.protocolVersion())
        || !HttpMethod.POST.equals(request.method())
        || headers.size() != HEADERS.size()
        || !headers.names().stream().allMatch(n -> HEADERS.contains(n.toLowerCase(Locale.ROOT)))
        || !"application/json".equals(headers.get(HttpHeaderNames.CONTENT_TYPE))) {
      return HttpResponseStatus.BAD_REQUEST;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH, "");
    if (!length.matches("[0-9]{1,7}") || Integer.parseInt(length) > Ask.MAX) {
      return HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
    }
    return Arrays.stream(Ask.Path.values()).anyMatch(p -> p.target().equals(request.uri()))
        ? null
        : HttpResponseStatus.NOT_FOUND;
  }
}
