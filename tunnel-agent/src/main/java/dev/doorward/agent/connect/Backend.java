package dev.doorward.agent.connect;

import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where an MCP server is, from agent.yaml alone.
 *
 * @param socket Unix socket that is connected to in place of the URL's host and port
 * @param connectTimeout for one connection
 * @param headTimeout from the end of the request to the head of the answer
 */
public record Backend(
    HttpUrl url, Optional<Path> socket, Duration connectTimeout, Duration headTimeout) {
  /** What is dialled, for a message. */
  String place() {
    return socket.map(Path::toString).orElseGet(this::origin);
  }

  /** {@code host[:port]} for the Host header; the scheme's own port is left out. */
  String authority() {
    return url.uri().getRawAuthority();
  }

  /** {@code scheme://host[:port]} for the Origin header. */
  String origin() {
    return url.uri().getScheme() + "://" + authority();
  }

  /** The request target for a client's query. */
  String target(String query) {
    return query.isEmpty() ? url.uri().getRawPath() : url.uri().getRawPath() + "?" + query;
  }
}
