package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a request for another host (DNS rebinding, confused virtual hosts). The Host header,
 * which for HTTP/2 is {@code :authority}, must be there once and name the configured authority; no
 * URL is ever built from it. RFC 9110 section 7.4.
 */
public final class AuthorityCheck implements HeadCheck {
  private static final Refusal MALFORMED =
      Refusal.closing(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_MALFORMED,
          "A request needs exactly one valid Host header.");
  private static final Refusal MISDIRECTED =
      Refusal.of(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          Reason.HTTP_HOST_MISMATCH,
          "This server does not answer for the host that was asked for.");

  private final String authority;
  private final String withPort;

  /**
   * A check for one name.
   *
   * @param authority canonical {@code host[:port]} without the default port, lower case
   */
  public AuthorityCheck(String authority, int port) {
    this.authority = authority;
    this.withPort = port == 443 && !authority.endsWith(":443") ? authority + ":443" : authority;
  }

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1) {
      return MALFORMED;
    }
    String host = hosts.getFirst();
    if (host.equals(authority)) {
      return null;
    }
    if (!wellFormed(host)) {
      return MALFORMED;
    }
    String lower = host.toLowerCase(Locale.ROOT);
    if (!lower.equals(authority) && !lower.equals(withPort)) {
      return MISDIRECTED;
    }
    return null;
  }

  private static boolean wellFormed(String host) {
    if (host.isEmpty() || host.length() > 255) {
      return false;
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == ':'
              || c == '['
              || c == ']';
      if (!fine) {
        return false;
      }
    }
    return true;
  }
}
