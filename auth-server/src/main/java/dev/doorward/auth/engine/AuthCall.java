package dev.doorward.auth.engine;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to the authorization server, already validated as HTTP: canonical path, known
 * host, bounded body.
 *
 * @param method upper-case HTTP method
 * @param path canonical path without query, e.g. {@code /token}
 * @param query raw query without the question mark, or null where there is none
 * @param headers by lower-case name; values in the order of arrival
 * @param body whole body, at most {@link #MAX_BODY} bytes; empty where there is none
 * @param remote the client's address
 */
public record AuthCall(
    String method,
    String path,
    @Nullable String query,
    Map<String, List<String>> headers,
    byte[] body,
    InetAddress remote) {
  /** Largest body that an endpoint of the authorization server takes, in bytes. */
  public static final int MAX_BODY = 64 * 1024;

  /** The only value of a header, or null where it is absent or repeated. */
  public @Nullable String header(String lowerCaseName) {
    List<String> values = headers.getOrDefault(lowerCaseName, List.of());
    return values.size() == 1 ? values.getFirst() : null;
  }
}
