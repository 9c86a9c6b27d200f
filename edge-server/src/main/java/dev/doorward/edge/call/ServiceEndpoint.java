package dev.doorward.edge.call;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.edge.pipeline.Exchange;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import dev.doorward.edge.route.Route;
import dev.doorward.transport.http.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * The MCP endpoint of services: OPTIONS, the origin of a page and a missing token are answered from
 * the head alone; everything else becomes a {@link ServiceCall}.
 */
public final class ServiceEndpoint implements Endpoint {
  private static final Problem INTERNAL = new Problem(Reason.INTERNAL, "This is no service.");

  private final CallParts parts;

  /** An endpoint made of {@code parts}. */
  public ServiceEndpoint(CallParts parts) {
    this.parts = parts;
  }

  @Override
  public int maxBody() {
    return parts.maxBody();
  }

  @Override
  public @Nullable Reply onHead(Exchange exchange) {
    Refusal refusal = parts.origins().check(exchange.request());
    if (refusal != null) {
      return Replies.problem(refusal.status(), refusal.problem());
    }
    if (HttpMethod.OPTIONS.equals(exchange.method())) {
      return parts.cors().preflight(exchange.headers());
    }
    if (!(exchange.route() instanceof Route.Service service)) {
      return Replies.problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL);
    }
    Bearer bearer = Bearer.of(exchange.headers(), exchange.query());
    exchange.note(bearer);
    if (bearer instanceof Bearer.Unusable(Reason reason)) {
      parts.denials().counted(parts.clock().instant(), reason);
      Reply reply = parts.challenge().unauthorized(service.name(), reason);
      parts.cors().apply(reply.headers(), exchange.headers().get(HttpHeaderNames.ORIGIN));
      return reply;
    }
    return null;
  }

  @Override
  public void onRequest(Exchange exchange, ByteBuf body) {
    if (exchange.route() instanceof Route.Service service
        && exchange.note() instanceof Bearer.Given given) {
      new ServiceCall(parts, exchange, service, given, body).start();
    } else {
      body.release();
      exchange.reply(Replies.problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL));
    }
  }
}
