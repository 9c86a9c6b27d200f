package dev.doorward.config.value;

import dev.doorward.common.identity.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An HTTP proxy that opens tunnels by CONNECT (RFC 9110 section 9.3.6). Prints no password.
 *
 * @param login {@code user:password} for Basic (RFC 7617), where the proxy wants one
 */
public record ProxyServer(HostPort address, Optional<Secret> login) {
  private static final int PORT = 80;

  /** The proxy that {@code text} writes, {@code http://[user:password@]host[:port]}, or empty. */
  public static Optional<ProxyServer> parse(String text) {
    URI uri;
    try {
      uri = new URI(text.contains("://") ? text : "http://" + text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
    if (!"http".equalsIgnoreCase(uri.getScheme())
        || uri.getHost() == null
        || !bare
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      return Optional.empty();
    }
    String port = Integer.toString(uri.getPort() == -1 ? PORT : uri.getPort());
    return HostPort.parse(uri.getHost() + ":" + port)
        .filter(address -> address.port() != 0)
        .flatMap(address -> withLogin(address, Optional.ofNullable(uri.getRawUserInfo())));
  }

  private static Optional<ProxyServer> withLogin(HostPort address, Optional<String> raw) {
    try {
      Optional<String> login =
          raw.map(text -> URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
      return login.filter(text -> text.chars().anyMatch(Character::isISOControl)).isPresent()
          ? Optional.empty()
          : Optional.of(new ProxyServer(address, login.map(Secret::new)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "http://" + login.map(secret -> secret + "@").orElse("") + address;
  }
}
