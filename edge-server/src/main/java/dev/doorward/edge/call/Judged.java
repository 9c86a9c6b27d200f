package dev.doorward.edge.call;

import dev.doorward.common.mcp.HeaderAgreement;
import dev.doorward.common.mcp.McpErrorCode;
import dev.doorward.common.mcp.McpHeaders;
import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.McpRevision;
import dev.doorward.common.mcp.MessageId;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway makes of the MCP side of a request: a message that may be forwarded as it is, or
 * the answer that says what is wrong with it. Pure.
 */
sealed interface Judged {
  /**
   * It may go on.
   *
   * @param modern whether the request is of an era without sessions, in which a disconnect cancels
   * @param method JSON-RPC method; {@code batch}, {@code response}, or empty without a body
   * @param target tool, prompt or resource; may be empty
   */
  record Fine(boolean modern, String method, String target) implements Judged {}

  /** It goes no further. */
  record Wrong(Reply reply) implements Judged {}

  /** A request without a body: GET, DELETE or HEAD. */
  static Judged bodiless(HttpHeaders headers) {
    return new Fine(isModern(headers.get(McpHeaders.PROTOCOL_VERSION)), "", "");
  }

  /** A POST. */
  static Judged post(McpPeek peek, HttpHeaders headers, ByteBuffer body) {
    return switch (peek.peek(body)) {
      case McpPeek.Result.Refused(Reason reason) -> new Wrong(unreadable(reason));
      case McpPeek.Result.Peeked(McpMessage message) ->
          agreed(McpHeaders.of(headers::getAll), message);
    };
  }

  private static Judged agreed(McpHeaders headers, McpMessage message) {
    switch (HeaderAgreement.judge(headers, message)) {
      case HeaderAgreement.Disagreed(Reason reason, String text) -> {
        // An unknown revision is the server's to refuse: only it knows which ones it supports.
        if (reason != Reason.MCP_VERSION_UNSUPPORTED || message instanceof McpMessage.Batch) {
          int code =
              reason == Reason.MCP_HEADER_MISMATCH
                  ? McpErrorCode.HEADER_MISMATCH
                  : McpErrorCode.INVALID_REQUEST;
          return new Wrong(
              Replies.rpc(
                  HttpResponseStatus.BAD_REQUEST, code, id(message), new Problem(reason, text)));
        }
      }
      case HeaderAgreement.Agreed _ -> {
        // as it should be
      }
    }
    boolean modern = isModern(headers.protocolVersion());
    return switch (message) {
      case McpMessage.Request r ->
          new Fine(modern, r.method(), r.target() == null ? "" : r.target());
      case McpMessage.Notification n -> new Fine(modern, n.method(), "");
      case McpMessage.Response _ -> new Fine(modern, "response", "");
      case McpMessage.Batch _ -> new Fine(modern, "batch", "");
    };
  }

  /** Revisions are dates; one after the last legacy revision is taken for modern. */
  private static boolean isModern(@Nullable String version) {
    return version != null && version.compareTo(McpRevision.R2025_11_25.text()) > 0;
  }

  private static @Nullable String id(McpMessage message) {
    MessageId id =
        switch (message) {
          case McpMessage.Request r -> r.id();
          case McpMessage.Response r -> r.id();
          case McpMessage.Notification _, McpMessage.Batch _ -> null;
        };
    return id == null ? null : id.json();
  }

  private static Reply unreadable(Reason reason) {
    String text =
        switch (reason) {
          case JSON_MALFORMED -> "The body is not valid JSON in UTF-8.";
          case JSON_DUPLICATE_KEY -> "The body has an object with the same key twice.";
          case JSON_TOO_DEEP -> "The body is nested too deeply.";
          case JSON_TOO_LARGE -> "The body has a string, number or list that is too large.";
          case HTTP_BODY_TOO_LARGE -> "The request body is too large.";
          default -> "The body is JSON, but not a JSON-RPC message of MCP.";
        };
    var problem = new Problem(reason, text);
    if (reason == Reason.HTTP_BODY_TOO_LARGE) {
      return Replies.problem(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, problem);
    }
    int code =
        reason == Reason.JSON_MALFORMED ? McpErrorCode.PARSE_ERROR : McpErrorCode.INVALID_REQUEST;
    return Replies.rpc(HttpResponseStatus.BAD_REQUEST, code, null, problem);
  }
}
