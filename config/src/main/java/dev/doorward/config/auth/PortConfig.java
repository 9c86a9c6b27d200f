package dev.doorward.config.auth;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section {@code port} of auth.yaml: where edges reach the auth-server. */
public record PortConfig(
    @Key(
            doc =
                "The socket for an edge on this machine; auth.sock in data-dir unless you name"
                    + " another one. Who may open it is trusted as the edge.",
            example = "/run/doorward/auth.sock")
        Optional<Path> socket,
    @Key(
            doc =
                "The group whose members may open the socket, for an edge of another user. Without"
                    + " it only the auth-server's own user may. Needs port.socket outside of"
                    + " data-dir.",
            example = "doorward")
        Optional<String> group,
    @Key(
            doc =
                "Where to listen for edges on other machines, by TLS 1.3 with certificates of the"
                    + " internal CA on both sides. Without it there is no such port.",
            example = "10.0.0.5:7443")
        Optional<HostPort> listen,
    @Key(
            doc = "Most connections of edges, each transport by itself.",
            fallback = "256",
            least = "4",
            most = "10000")
        int connections,
    @Key(
            doc = "Requests that are worked on at a time; more are refused.",
            fallback = "256",
            least = "4",
            most = "10000")
        int atATime,
    @Key(
            doc = "From the first byte of a request to its last; then the connection is closed.",
            fallback = "5s",
            least = "500ms",
            most = "1m")
        Duration requestTimeout)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    return group.isPresent() && socket.isEmpty()
        ? List.of(new Fault("group", "needs port.socket: others may not enter data-dir."))
        : List.of();
  }
}
