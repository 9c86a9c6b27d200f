package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: request smuggling through two opinions of where a body ends (RFC 9112 section 6.1), and
 * bodies where none belongs. Behind the decoder, which refuses most of it already.
 */
public final class FramingCheck implements HeadCheck {
  private static final Refusal AMBIGUOUS =
      Refusal.closing(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_MALFORMED,
          "The length of the request body is ambiguous.");
  private static final Refusal NO_BODY =
      Refusal.closing(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_MALFORMED,
          "Only a POST request may have a body.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.isEmpty() && lengths.isEmpty()) {
      return null;
    }
    if (lengths.size() > 1 || codings.size() > 1 || (!lengths.isEmpty() && !codings.isEmpty())) {
      return AMBIGUOUS;
    }
    if (!codings.isEmpty()
        && (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
            || !HttpVersion.HTTP_1_1.equals(request.protocolVersion()))) {
      return AMBIGUOUS;
    }
    if (!lengths.isEmpty() && !digits(lengths.getFirst())) {
      return AMBIGUOUS;
    }
    boolean empty = !lengths.isEmpty() && lengths.getFirst().equals("0");
    return empty || HttpMethod.POST.equals(request.method()) ? null : NO_BODY;
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= 18;
  }
}
