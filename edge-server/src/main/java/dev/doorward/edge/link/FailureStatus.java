package dev.doorward.edge.link;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * What a failure of the way to a service looks like to the client: always 5xx, because MCP clients
 * take 400, 404 and 405 for the word of an old server.
 */
public final class FailureStatus {
  private static final long RETRY_SECONDS = 2;
  private static final Problem OFFLINE =
      new Problem(
          Reason.AGENT_OFFLINE,
          "No agent that offers this service is connected at the moment; try again shortly.");

  private FailureStatus() {}

  /** Nobody offers the service at the moment, or nobody ever did. */
  public static Reply offline() {
    return Replies.later(HttpResponseStatus.SERVICE_UNAVAILABLE, OFFLINE, RETRY_SECONDS);
  }

  /** The answer for a problem between edge and service. */
  public static Reply reply(Problem problem) {
    return switch (problem.reason()) {
      case AGENT_OFFLINE, SERVICE_UNKNOWN, AGENT_REVOKED -> offline();
      case AUDIT_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN, LINK_STREAMS_EXHAUSTED ->
          Replies.later(HttpResponseStatus.SERVICE_UNAVAILABLE, problem, RETRY_SECONDS);
      case BACKEND_TIMEOUT -> Replies.problem(HttpResponseStatus.GATEWAY_TIMEOUT, problem);
      default -> Replies.problem(HttpResponseStatus.BAD_GATEWAY, problem);
    };
  }
}
