package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hazard: a header that must be there once is there twice, and two readers take different ones. */
public final class RepeatedHeaderCheck implements HeadCheck {
  private static final List<AsciiString> SINGLE =
      List.of(
          HttpHeaderNames.AUTHORIZATION,
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.ORIGIN,
          HttpHeaderNames.EXPECT,
          HttpHeaderNames.CONTENT_ENCODING,
          AsciiString.cached("mcp-session-id"),
          AsciiString.cached("mcp-protocol-version"),
          AsciiString.cached("mcp-method"),
          AsciiString.cached("mcp-name"),
          AsciiString.cached("last-event-id"));

  private static final Refusal REFUSAL =
      Refusal.of(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_HEADER_REFUSED,
          "A header that may be given once is given twice.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    HttpHeaders headers = request.headers();
    for (AsciiString name : SINGLE) {
      Iterator<String> values = headers.valueStringIterator(name);
      if (values.hasNext()) {
        values.next();
        if (values.hasNext()) {
          return REFUSAL;
        }
      }
    }
    return null;
  }
}
