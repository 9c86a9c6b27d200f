package dev.doorward.edge.reply;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** The edge's answers to what is refused or fails, each with its reason code in the body. */
public final class Replies {
  private Replies() {}

  /** {@code {"error": code, "message": sentence}}. */
  public static Reply problem(HttpResponseStatus status, Problem problem) {
    return Reply.json(
        status,
        "{\"error\":"
            + Json.quote(problem.reason().code())
            + ",\"message\":"
            + Json.quote(problem.text())
            + "}",
        problem.reason());
  }

  /** The same, and the HTTP/1.1 connection ends behind it. */
  public static Reply closing(HttpResponseStatus status, Problem problem) {
    return problem(status, problem).with(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
  }

  /** The same with Retry-After. */
  public static Reply later(HttpResponseStatus status, Problem problem, long seconds) {
    return problem(status, problem).with(HttpHeaderNames.RETRY_AFTER, seconds);
  }

  /** Nothing lives at this path, and nothing ever says more than that. */
  public static Reply notFound() {
    return problem(
        HttpResponseStatus.NOT_FOUND, new Problem(Reason.ROUTE_UNKNOWN, "There is nothing here."));
  }

  /**
   * A JSON-RPC error over HTTP, for what is wrong with a message.
   *
   * @param id the id of the message as it stands in JSON, null where it could not be read
   */
  public static Reply rpc(
      HttpResponseStatus status, int code, @Nullable String id, Problem problem) {
    return Reply.json(
        status,
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + (id == null ? "null" : id)
            + ",\"error\":{\"code\":"
            + code
            + ",\"message\":"
            + Json.quote(problem.text())
            + ",\"data\":{\"reason\":"
            + Json.quote(problem.reason().code())
            + "}}}",
        problem.reason());
  }
}
