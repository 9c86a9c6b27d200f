package dev.doorward.config.value;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/**
 * The identifier of somebody else's issuer, byte for byte as they write it: an https URL without
 * query and fragment. Plain http is for this machine only.
 */
public record IssuerUrl(String text) {
  private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]", "localhost");

  /** The identifier that {@code text} writes, or empty where it writes none. */
  public static Optional<IssuerUrl> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    boolean fits =
        uri.getHost() != null
            && ("https".equals(uri.getScheme())
                || ("http".equals(uri.getScheme()) && HERE.contains(uri.getHost())))
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getPort() != 0
            && uri.getPort() <= 65_535;
    return fits ? Optional.of(new IssuerUrl(text)) : Optional.empty();
  }

  /** A URL below it. */
  public URI below(String path) {
    return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
  }

  /** Whether it is on this machine and speaks plain http. */
  public boolean isPlain() {
    return text.startsWith("http:");
  }

  @Override
  public String toString() {
    return text;
  }
}
