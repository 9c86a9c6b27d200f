package dev.doorward.config.value;

import java.util.Optional;

/**
 * How the way out is chosen by configuration.
 *
 * @param server the proxy; empty means that none is used, whatever the environment says
 */
public record ProxyRule(Optional<ProxyServer> server) {
  private static final String DIRECT = "direct";

  /** The rule that {@code text} writes, {@code direct} or a proxy's URL; empty where it is none. */
  public static Optional<ProxyRule> parse(String text) {
    return text.equals(DIRECT)
        ? Optional.of(new ProxyRule(Optional.empty()))
        : ProxyServer.parse(text).map(server -> new ProxyRule(Optional.of(server)));
  }

  @Override
  public String toString() {
    return server.map(ProxyServer::toString).orElse(DIRECT);
  }
}
