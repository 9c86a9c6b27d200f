package dev.doorward.agent.connect;

import dev.doorward.config.value.HttpUrl;
import java.time.Duration;

/**
 * Where an MCP server is, from agent.yaml alone.
 *
 * @param connectTimeout for one connection
 * @param headTimeout from the end of the request to the head of the answer
 */
public record Backend(HttpUrl url, Duration connectTimeout, Duration headTimeout) {
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
