package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: too many or too large headers, and names with an underscore, which some servers read as a
 * dash and so as another header.
 */
public final class HeaderShapeCheck implements HeadCheck {
  private static final Refusal TOO_LARGE =
      Refusal.closing(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          Reason.HTTP_HEADERS_TOO_LARGE,
          "The request has too many or too large headers.");
  private static final Refusal NAME =
      Refusal.of(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_HEADER_REFUSED,
          "Header names with an underscore are refused.");

  private final HttpLimits limits;

  /** A check with the bounds of {@code limits}. */
  public HeaderShapeCheck(HttpLimits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    int count = 0;
    int bytes = 0;
    Iterator<Map.Entry<CharSequence, CharSequence>> entries =
        request.headers().iteratorCharSequence();
    while (entries.hasNext()) {
      Map.Entry<CharSequence, CharSequence> entry = entries.next();
      CharSequence name = entry.getKey();
      int length = entry.getValue().length();
      bytes += name.length() + length + 4;
      if (++count > limits.headerCount()
          || length > limits.header()
          || bytes > limits.headerBlock()) {
        return TOO_LARGE;
      }
      for (int i = 0; i < name.length(); i++) {
        if (name.charAt(i) == '_') {
          return NAME;
        }
      }
    }
    return null;
  }
}
