package dev.doorward.config.value;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * The origin of a web page as a browser sends it (RFC 6454 section 7): scheme, host, and the port
 * where it is not the scheme's own; lower case.
 */
public record Origin(String value) {

  /**
   * The origin that {@code text} writes, or empty where it is none; one final slash is forgiven.
   */
  public static Optional<Origin> parse(String text) {
    URI uri;
    try {
      uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean http = scheme.equals("http");
    if ((!http && !scheme.equals("https"))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || !uri.getRawPath().isEmpty()
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return Optional.empty();
    }
    int own = http ? 80 : 443;
    String port = uri.getPort() == -1 || uri.getPort() == own ? "" : ":" + uri.getPort();
    return Optional.of(new Origin(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port));
  }

  @Override
  public String toString() {
    return value;
  }
}
