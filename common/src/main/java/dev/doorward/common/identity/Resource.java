package dev.doorward.common.identity;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * The public URL of a service: what a token is for (RFC 8707 section 2). Always canonical: https,
 * lower-case host, no default port, no user information, query, fragment, dot segment or trailing
 * slash; so equal resources are equal strings.
 */
public record Resource(String value) {
  /** Longest accepted URL, in characters. */
  public static final int MAX_LENGTH = 512;

  /** Throws IllegalArgumentException unless {@code value} is canonical already. */
  public Resource {
    if (!parse0(value).map(value::equals).orElse(false)) {
      throw new IllegalArgumentException("not a canonical resource");
    }
  }

  /**
   * The canonical form of {@code text}: upper-case scheme or host, a default port and one trailing
   * slash are forgiven; anything else that is not canonical gives empty.
   */
  public static Optional<Resource> parse(String text) {
    return parse0(text).map(Resource::new);
  }

  private static Optional<String> parse0(String text) {
    if (text.length() > MAX_LENGTH || text.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      return Optional.empty();
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    if (!"https".equalsIgnoreCase(uri.getScheme())
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return Optional.empty();
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (path.contains("//") || path.contains("/.") || path.contains("%") || path.contains("\\")) {
      return Optional.empty();
    }
    if (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String port = uri.getPort() == -1 || uri.getPort() == 443 ? "" : ":" + uri.getPort();
    return Optional.of("https://" + host + port + path);
  }

  @Override
  public String toString() {
    return value;
  }
}
