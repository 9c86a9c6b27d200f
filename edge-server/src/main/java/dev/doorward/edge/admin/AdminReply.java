package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.Map;

/**
 * An answer of the admin API.
 *
 * @param body a record, map or list that is written as JSON
 */
record AdminReply(int status, Object body) {

  /** 200 with {@code body}. */
  static AdminReply ok(Object body) {
    return new AdminReply(200, body);
  }

  /** The value, or what went wrong. */
  static AdminReply of(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Ok<?>(Object value) -> ok(value);
      case Outcome.Failed<?>(Problem problem) -> failed(problem);
    };
  }

  /** {@code {"reason", "text"}} with the status of the reason. */
  static AdminReply failed(Problem problem) {
    return new AdminReply(
        status(problem.reason()),
        Map.of("reason", problem.reason().code(), "text", problem.text()));
  }

  static AdminReply failed(Reason reason, String text) {
    return failed(new Problem(reason, text));
  }

  /** The auth-server is to be asked, at {@code socket} where that is known. */
  static AdminReply elsewhere(String socket) {
    return new AdminReply(
        status(Reason.AUTH_SERVER_APART),
        Map.of(
            "reason",
            Reason.AUTH_SERVER_APART.code(),
            "text",
            "The auth-server keeps this, a process of its own; run the same on its host with"
                + " --config auth.yaml, or --data-dir and its directory.",
            "socket",
            socket));
  }

  private static int status(Reason reason) {
    return switch (reason) {
      case PERSON_UNKNOWN,
          AGENT_UNKNOWN,
          CLIENT_UNKNOWN,
          RESOURCE_SERVER_UNKNOWN,
          EDGE_UNKNOWN,
          PERSONAL_TOKEN_UNKNOWN,
          ROUTE_UNKNOWN ->
          404;
      case PERSON_EXISTS, RESOURCE_SERVER_EXISTS -> 409;
      case HTTP_METHOD_NOT_ALLOWED -> 405;
      case AUTH_SERVER_APART -> 421;
      case AUDIT_UNAVAILABLE, STORE_FAILED, OVERLOADED -> 503;
      case INTERNAL -> 500;
      default -> 400;
    };
  }
}
