package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: headers of one hop that travel further, and headers that a client makes vanish by naming
 * them in Connection (RFC 9110 section 7.6.1). Upgrades are not offered here and refused.
 */
public final class ConnectionCheck implements HeadCheck {
  private static final Set<String> HARMLESS =
      Set.of("close", "keep-alive", "te", "trailer", "trailers", "proxy-connection");
  private static final List<CharSequence> ONE_HOP =
      List.of(
          HttpHeaderNames.TE,
          HttpHeaderNames.TRAILER,
          "keep-alive",
          "proxy-connection",
          HttpHeaderNames.PROXY_AUTHORIZATION,
          HttpHeaderNames.PROXY_AUTHENTICATE,
          "http2-settings");

  private static final Refusal UPGRADE =
      Refusal.of(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_HEADER_REFUSED,
          "Changing the protocol of a connection is not offered here.");
  private static final Refusal NOMINATION =
      Refusal.of(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_HEADER_REFUSED,
          "The Connection header must not name end-to-end headers.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (headers.contains(HttpHeaderNames.UPGRADE)) {
      return UPGRADE;
    }
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      if (value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close")) {
        continue;
      }
      for (String part : value.split(",", -1)) {
        String name = part.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !HARMLESS.contains(name)) {
          return name.equals("upgrade") ? UPGRADE : NOMINATION;
        }
      }
    }
    for (CharSequence name : ONE_HOP) {
      headers.remove(name);
    }
    return null;
  }
}
