package dev.doorward.config.value;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * The URL of a server that is called from here: http or https, a host, a path; no user information,
 * query or fragment.
 */
public record HttpUrl(URI uri) {

  /** The URL that {@code text} writes, or empty where it is none; no path means {@code /}. */
  public static Optional<HttpUrl> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https"))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getPort() == 0
        || uri.getPort() > 65_535) {
      return Optional.empty();
    }
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String port = uri.getPort() == -1 ? "" : ":" + uri.getPort();
    return Optional.of(
        new HttpUrl(
            URI.create(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port + path)));
  }

  /** Whether TLS is spoken to it. */
  public boolean secure() {
    return "https".equals(uri.getScheme());
  }

  /** Host without the brackets of an IPv6 address. */
  public String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Port, the scheme's own where the URL names none. */
  public int port() {
    return uri.getPort() != -1 ? uri.getPort() : secure() ? 443 : 80;
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
