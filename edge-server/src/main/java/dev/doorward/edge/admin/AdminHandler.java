package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** One request of the operator's, one answer, closed. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

  private final AdminApi api;
  private final Executor executor;

  AdminHandler(AdminApi api, Executor executor) {
    this.api = api;
    this.executor = executor;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    String method = request.method().name();
    String path = request.uri();
    byte[] body = ByteBufUtil.getBytes(request.content());
    boolean whole = request.decoderResult().isSuccess();
    executor.execute(() -> {
      AdminReply reply =
          whole
              ? answer(method, path, body)
              : AdminReply.failed(Reason.HTTP_MALFORMED, "This is not a request.");
      ctx.executor().execute(() -> send(ctx, reply));
    });
  }

  private AdminReply answer(String method, String path, byte[] body) {
    try {
      JsonNode json = body.length == 0 ? null : object(body);
      return body.length > 0 && json == null
          ? AdminReply.failed(Reason.JSON_MALFORMED, "The body is not a JSON object.")
          : api.answer(method, path, json);
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("event", "admin_call_failed")
          .addKeyValue("reason", Reason.INTERNAL)
          .setCause(e)
          .log("an admin request could not be answered");
      return AdminReply.failed(Reason.INTERNAL, "The edge could not do this; its log says why.");
    }
  }

  private static @Nullable JsonNode object(byte[] body) {
    try {
      JsonNode json = AdminJson.MAPPER.readTree(body);
      return json.isObject() ? json : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static void send(ChannelHandlerContext ctx, AdminReply reply) {
    byte[] body = AdminJson.MAPPER.writeValueAsBytes(reply.body());
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
