package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code auth-server} of edge.yaml: where the authorization server is, if it is not
 * part of the edge.
 */
public record AuthServerConfig(
    @Key(
            doc =
                "The socket of an auth-server on this machine. With it the edge keeps no people,"
                    + " clients or keys of its own; without it and address the auth-server is"
                    + " part of the edge.",
            example = "/run/doorward/auth.sock")
        Optional<Path> socket,
    @Key(
            doc =
                "The address of an auth-server on another machine; first run doorward edge-join"
                    + " with the invite that it prints.",
            example = "10.0.0.5:7443")
        Optional<HostPort> address,
    @Key(
            doc = "What the auth-server has to answer one request; then it is 503.",
            fallback = "10s",
            least = "1s",
            most = "1m")
        Duration timeout,
    @Key(
            doc =
                "How long calls go on where the auth-server is not heard. Then every call is"
                    + " answered with 503 until it is heard again, since something may have been"
                    + " revoked meanwhile.",
            fallback = "1m",
            least = "3s",
            most = "1h")
        Duration feedBound,
    @Key(
            doc = "Most connections to the auth-server; requests beyond them are 503.",
            fallback = "64",
            least = "1",
            most = "200")
        int connections)
    implements SelfChecked {

  /** Whether the auth-server is a process of its own. */
  public boolean isApart() {
    return socket.isPresent() || address.isPresent();
  }

  @Override
  public List<Fault> faults() {
    return socket.isPresent() && address.isPresent()
        ? List.of(new Fault("address", "is one place too many: auth-server.socket is set too."))
        : List.of();
  }
}
