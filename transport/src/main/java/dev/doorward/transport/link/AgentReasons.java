package dev.doorward.transport.link;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http2.Http2Error;
import java.util.EnumSet;
import java.util.Set;

/** How failures of an agent are said on the link, docs/link-protocol.md section 5. */
final class AgentReasons {
  private static final Set<Reason> SAYABLE =
      EnumSet.of(
          Reason.LINK_PROTOCOL_VIOLATION,
          Reason.SERVICE_UNKNOWN,
          Reason.TOKEN_MISSING,
          Reason.TOKEN_MALFORMED,
          Reason.TOKEN_SIGNATURE_INVALID,
          Reason.TOKEN_EXPIRED,
          Reason.TOKEN_NOT_YET_VALID,
          Reason.TOKEN_AUDIENCE_MISMATCH,
          Reason.TOKEN_ISSUER_MISMATCH,
          Reason.TOKEN_KEY_UNKNOWN,
          Reason.DPOP_PROOF_MISSING,
          Reason.DPOP_PROOF_REFUSED,
          Reason.DPOP_PROOF_REPLAYED,
          Reason.BACKEND_UNREACHABLE,
          Reason.BACKEND_NOT_TRUSTED,
          Reason.BACKEND_TIMEOUT,
          Reason.BACKEND_ABORTED,
          Reason.BACKEND_PROTOCOL_VIOLATION,
          Reason.BACKEND_REDIRECT_REFUSED,
          Reason.OVERLOADED,
          Reason.SHUTTING_DOWN);

  private AgentReasons() {}

  /** Whether an agent may give this reason for a call. */
  static boolean mayBeSaid(Reason reason) {
    return SAYABLE.contains(reason);
  }

  /** The status that goes with a refusal. */
  static int status(Reason reason) {
    if (isAboutToken(reason)) {
      return 401;
    }
    if (reason == Reason.LINK_PROTOCOL_VIOLATION) {
      return 400;
    }
    if (reason == Reason.SERVICE_UNKNOWN) {
      return 404;
    }
    if (reason == Reason.BACKEND_TIMEOUT) {
      return 504;
    }
    return reason == Reason.OVERLOADED || reason == Reason.SHUTTING_DOWN ? 503 : 502;
  }

  private static boolean isAboutToken(Reason reason) {
    return reason.code().startsWith("token_") || reason.code().startsWith("dpop_");
  }

  /** The RST_STREAM code of a failure after the answer head. */
  static Http2Error reset(Reason reason) {
    return switch (reason) {
      case BACKEND_ABORTED, BACKEND_UNREACHABLE, BACKEND_TIMEOUT -> Http2Error.CONNECT_ERROR;
      case BACKEND_PROTOCOL_VIOLATION -> Http2Error.PROTOCOL_ERROR;
      case OVERLOADED -> Http2Error.ENHANCE_YOUR_CALM;
      default -> Http2Error.INTERNAL_ERROR;
    };
  }

  /** The reason behind an agent's RST_STREAM. */
  static Reason ofReset(long code) {
    Http2Error error = Http2Error.valueOf(code);
    if (error == Http2Error.CONNECT_ERROR) {
      return Reason.BACKEND_ABORTED;
    }
    if (error == Http2Error.PROTOCOL_ERROR) {
      return Reason.BACKEND_PROTOCOL_VIOLATION;
    }
    return error == Http2Error.ENHANCE_YOUR_CALM ? Reason.OVERLOADED : Reason.LINK_FAILED;
  }

  /** One sentence for whoever called. */
  static String text(Reason reason) {
    if (isAboutToken(reason)) {
      return "The agent does not accept this access token.";
    }
    return switch (reason) {
      case SERVICE_UNKNOWN -> "The agent does not serve this service.";
      case BACKEND_UNREACHABLE -> "The MCP server behind the agent does not answer.";
      case BACKEND_NOT_TRUSTED ->
          "The agent does not accept the certificate of the MCP server behind it.";
      case BACKEND_TIMEOUT -> "The MCP server behind the agent took too long.";
      case BACKEND_ABORTED -> "The MCP server behind the agent broke its answer off.";
      case BACKEND_PROTOCOL_VIOLATION ->
          "The MCP server behind the agent gave an answer that is not valid HTTP.";
      case BACKEND_REDIRECT_REFUSED ->
          "The MCP server behind the agent answered with a redirect, which is not followed.";
      case OVERLOADED -> "The agent has too much to do, or one side stopped reading.";
      case SHUTTING_DOWN -> "The agent is shutting down.";
      case LINK_PROTOCOL_VIOLATION -> "Edge and agent did not understand each other.";
      case AGENT_REFUSED -> "The agent refused the call.";
      default -> "The link to the agent has failed.";
    };
  }
}
