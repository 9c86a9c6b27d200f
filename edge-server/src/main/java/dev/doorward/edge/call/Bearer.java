package dev.doorward.edge.call;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What the Authorization header of a request holds (RFC 6750 section 2.1, RFC 9449 section 7.1).
 */
sealed interface Bearer {
  /**
   * A token, of whatever worth.
   *
   * @param dpop whether it came by the scheme DPoP, which says that a proof comes with it
   */
  record Given(String token, boolean dpop) implements Bearer {}

  /** None that is looked at. */
  record Unusable(Reason reason) implements Bearer {}

  int MAX_LENGTH = 8 * 1024;
  Bearer MISSING = new Unusable(Reason.TOKEN_MISSING);
  Bearer MALFORMED = new Unusable(Reason.TOKEN_MALFORMED);
  Bearer IN_QUERY = new Unusable(Reason.TOKEN_IN_QUERY);

  static Bearer of(HttpHeaders headers, @Nullable String query) {
    if (query != null && namesToken(query)) {
      return IN_QUERY;
    }
    String value = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (value == null) {
      return MISSING;
    }
    boolean dpop = value.regionMatches(true, 0, "DPoP ", 0, 5);
    int start = dpop ? 5 : 7;
    if (value.length() <= start
        || value.length() > MAX_LENGTH
        || !(dpop || value.regionMatches(true, 0, "Bearer ", 0, 7))) {
      return MALFORMED;
    }
    for (int i = start; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        return MALFORMED;
      }
    }
    return new Given(value.substring(start), dpop);
  }

  private static boolean namesToken(String query) {
    for (String parameter : query.split("&", -1)) {
      String name = parameter.split("=", 2)[0];
      if (name.equalsIgnoreCase("access_token") || name.contains("%")) {
        String plain =
            java.net.URLDecoder.decode(safe(name), java.nio.charset.StandardCharsets.UTF_8);
        if (plain.equalsIgnoreCase("access_token")) {
          return true;
        }
      }
    }
    return false;
  }

  private static String safe(String name) {
    return name.matches("(?:[^%]|%[0-9A-Fa-f]{2})*") ? name : "";
  }
}
