package dev.doorward.edge.pipeline;

import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.function.Supplier;

/** An endpoint that needs nothing of the request: health, and paths where nothing is. */
public final class FixedEndpoint implements Endpoint {
  private final Supplier<Reply> answer;

  private FixedEndpoint(Supplier<Reply> answer) {
    this.answer = answer;
  }

  /** 404 in JSON, whatever is asked; 204 to OPTIONS. */
  public static Endpoint unknown() {
    return new FixedEndpoint(Replies::notFound);
  }

  /** {@code {"status":"ok"}}: the process answers. It says nothing about agents. */
  public static Endpoint health() {
    return new FixedEndpoint(() -> Reply.json(HttpResponseStatus.OK, "{\"status\":\"ok\"}", null));
  }

  @Override
  public int maxBody() {
    return 64 * 1024;
  }

  @Override
  public Reply onHead(Exchange exchange) {
    return HttpMethod.OPTIONS.equals(exchange.method())
        ? Reply.empty(HttpResponseStatus.NO_CONTENT)
        : answer.get();
  }

  @Override
  public void onRequest(Exchange exchange, ByteBuf body) {
    body.release();
    exchange.reply(answer.get());
  }
}
