package dev.doorward.auth.fetch;

import dev.doorward.config.edge.ClientDocumentsConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a fetch may cost and where it may go.
 *
 * @param size largest body in bytes
 * @param timeout from the look-up of the name to the last byte
 * @param atATime most fetches at a time
 * @param ports what a URL may name
 * @param privateHosts names, lower case, that may have addresses that are not public
 */
public record FetchLimits(
    int size, Duration timeout, int atATime, Set<Integer> ports, Set<String> privateHosts) {
  private static final int HTTPS = 443;

  /** Copies the sets. */
  public FetchLimits {
    ports = Set.copyOf(ports);
    privateHosts = Set.copyOf(privateHosts);
  }

  /** As edge.yaml says. */
  public static FetchLimits of(ClientDocumentsConfig config) {
    var ports = new HashSet<>(config.ports());
    ports.add(HTTPS);
    return new FetchLimits(
        config.size().asInt(),
        config.timeout(),
        config.atATime(),
        ports,
        config.privateHosts().stream().map(Object::toString).collect(Collectors.toSet()));
  }
}
