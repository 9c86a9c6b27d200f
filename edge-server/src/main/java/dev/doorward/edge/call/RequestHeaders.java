package dev.doorward.edge.call;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The headers of a request that go to the agent: end to end, lower case, without what is the
 * client's own business with the gateway (token, cookies, host), and without Accept-Encoding, so
 * that answers come as they are and event streams can be followed.
 */
final class RequestHeaders {
  private static final HttpHeaders KEPT_BACK = new DefaultHttpHeaders();

  static {
    for (CharSequence name :
        List.of(
            HttpHeaderNames.HOST,
            HttpHeaderNames.AUTHORIZATION,
            HttpHeaderNames.COOKIE,
            "cookie2",
            HttpHeaderNames.CONNECTION,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.ACCEPT_ENCODING,
            HttpHeaderNames.CONTENT_ENCODING,
            HttpHeaderNames.UPGRADE)) {
      KEPT_BACK.add(name, "");
    }
  }

  private RequestHeaders() {}

  /** A new set made of {@code client}; the values were validated when they were parsed. */
  static HttpHeaders forAgent(HttpHeaders client) {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    Iterator<Map.Entry<CharSequence, CharSequence>> entries = client.iteratorCharSequence();
    while (entries.hasNext()) {
      Map.Entry<CharSequence, CharSequence> entry = entries.next();
      CharSequence name = entry.getKey();
      if (!KEPT_BACK.contains(name)) {
        headers.add(AsciiString.of(name).toLowerCase(), entry.getValue());
      }
    }
    return headers;
  }
}
