package dev.doorward.agent.connect;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether an answer's head may be passed on. Pure. */
final class AnswerCheck {
  private static final int NOT_MODIFIED = 304;

  private AnswerCheck() {}

  /** Why not, or null. */
  static @Nullable Reason refusal(HttpResponse answer) {
    int status = answer.status().code();
    if (answer.decoderResult().isFailure()
        || status < 200
        || status > 599
        || !answer.protocolVersion().protocolName().equals("HTTP")
        || answer.protocolVersion().majorVersion() != 1) {
      return Reason.BACKEND_PROTOCOL_VIOLATION;
    }
    List<String> codings = answer.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    boolean chunked =
        codings.isEmpty()
            || (codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"));
    boolean oldChunked =
        !codings.isEmpty() && answer.protocolVersion().equals(HttpVersion.HTTP_1_0);
    if (!chunked
        || oldChunked
        || answer.headers().getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1) {
      return Reason.BACKEND_PROTOCOL_VIOLATION;
    }
    return status >= 300 && status < 400 && status != NOT_MODIFIED
        ? Reason.BACKEND_REDIRECT_REFUSED
        : null;
  }
}
