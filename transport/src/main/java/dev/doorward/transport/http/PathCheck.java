package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: paths with several spellings. No path of Doorward needs an escape, so every percent sign
 * is refused in a path, and with it encoded slashes, dots, NUL and double encoding; so are empty
 * and dot segments, backslashes and parameters. What passes is routed, judged and forwarded as it
 * is.
 */
public final class PathCheck implements HeadCheck {
  private static final Refusal REFUSAL =
      Refusal.of(
          HttpResponseStatus.BAD_REQUEST,
          Reason.HTTP_PATH_REFUSED,
          "The path is not in its plain form.");

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    String uri = request.uri();
    int question = uri.indexOf('?');
    int end = question < 0 ? uri.length() : question;
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return REFUSAL;
      }
      if (i < end && (c == '%' || c == '\\' || c == ';' || (c == '/' && !plain(uri, i, end)))) {
        return REFUSAL;
      }
    }
    return null;
  }

  /** Whether the segment behind the slash at {@code slash} is neither empty inside, nor dots. */
  private static boolean plain(String uri, int slash, int end) {
    int next = uri.indexOf('/', slash + 1);
    int length = (next < 0 || next > end ? end : next) - slash - 1;
    boolean last = next < 0 || next >= end;
    return switch (length) {
      case 0 -> last;
      case 1 -> uri.charAt(slash + 1) != '.';
      case 2 -> uri.charAt(slash + 1) != '.' || uri.charAt(slash + 2) != '.';
      default -> true;
    };
  }
}
