package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads and writes cookies. All of ours have the prefix {@code __Host-}: browsers take them only
 * from this very host, over TLS, for all paths; no script sees them.
 */
public final class Cookies {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{16,128}");

  private Cookies() {}

  /** The value of a cookie, where it has the form of one of ours. */
  public static Optional<String> read(AuthCall call, String name) {
    for (String header : call.headers().getOrDefault("cookie", List.of())) {
      for (String pair : header.split(";", -1)) {
        String cookie = pair.strip();
        if (cookie.startsWith(name + "=")) {
          return Optional.of(cookie.substring(name.length() + 1))
              .filter(value -> VALUE.matcher(value).matches());
        }
      }
    }
    return Optional.empty();
  }

  /** Sets a cookie for {@code life}. */
  public static Header set(String name, String value, Duration life) {
    return cookie(name, value, life.toSeconds());
  }

  /** Removes a cookie. */
  public static Header clear(String name) {
    return cookie(name, "", 0);
  }

  private static Header cookie(String name, String value, long seconds) {
    return new Header(
        "Set-Cookie",
        name + "=" + value + "; Max-Age=" + seconds + "; Path=/; Secure; HttpOnly; SameSite=Lax");
  }
}
