package dev.doorward.edge.auth;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.edge.pipeline.Exchange;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests to the authorization server and its answers back, a bounded number at a time.
 */
public final class AuthEndpoint implements Endpoint {
  /** Requests that the authorization server works on at a time; more are answered with 503. */
  static final int MOST_AT_A_TIME = 256;

  private static final Problem BUSY =
      new Problem(Reason.OVERLOADED, "Too many sign-ins at the moment; try again.");
  private static final Problem FAILED = new Problem(Reason.INTERNAL, "Something went wrong here.");

  /** Gives the answer to a call, in its time; blocks. */
  @FunctionalInterface
  public interface Answerer {
    /** The answer. */
    AuthReply handle(AuthCall call);
  }

  private final Answerer server;
  private final Executor executor;
  private final Semaphore room = new Semaphore(MOST_AT_A_TIME);

  /** An endpoint; calls run on {@code executor}. */
  public AuthEndpoint(Answerer server, Executor executor) {
    this.server = server;
    this.executor = executor;
  }

  @Override
  public int maxBody() {
    return AuthCall.MAX_BODY;
  }

  @Override
  public @Nullable Reply onHead(Exchange exchange) {
    return null;
  }

  @Override
  public void onRequest(Exchange exchange, ByteBuf body) {
    AuthCall call = call(exchange, body);
    body.release();
    if (!room.tryAcquire()) {
      exchange.reply(Replies.later(HttpResponseStatus.SERVICE_UNAVAILABLE, BUSY, 1));
      return;
    }
    executor.execute(() -> {
      Reply reply;
      try {
        reply = reply(server.handle(call));
      } catch (IllegalArgumentException e) {
        reply = Replies.problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, FAILED);
      } finally {
        room.release();
      }
      Reply answer = reply;
      exchange.loop().execute(() -> exchange.reply(answer));
    });
  }

  private static AuthCall call(Exchange exchange, ByteBuf body) {
    Map<String, List<String>> headers = new HashMap<>();
    for (Map.Entry<String, String> header : exchange.headers()) {
      headers
          .computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
          .add(header.getValue());
    }
    String method = HttpMethod.HEAD.equals(exchange.method()) ? "GET" : exchange.method().name();
    return new AuthCall(
        method,
        exchange.path(),
        exchange.query(),
        headers,
        ByteBufUtil.getBytes(body),
        exchange.remote());
  }

  /** Throws IllegalArgumentException for a header that no answer may have. */
  private static Reply reply(AuthReply answered) {
    var headers = new DefaultHttpHeaders();
    for (AuthReply.Header header : answered.headers()) {
      headers.add(header.name(), header.value());
    }
    return new Reply(HttpResponseStatus.valueOf(answered.status()), headers, answered.body(), null);
  }
}
