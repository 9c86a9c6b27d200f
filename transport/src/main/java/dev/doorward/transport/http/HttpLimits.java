package dev.doorward.transport.http;

import java.time.Duration;

/**
 * The bounds of one public connection.
 *
 * @param requestLine longest request line in bytes; beyond it 414
 * @param headerBlock largest header section in bytes; beyond it 431
 * @param headerCount most header fields; beyond it 431
 * @param header longest single header value in bytes; beyond it 431
 * @param body largest request body in bytes; beyond it 413
 * @param headTimeout from the first byte of a request, or from the handshake, to its whole head
 * @param idleTimeout how long a connection may rest between two requests
 * @param bodyIdleTimeout longest silence inside a request body
 * @param bodyRate bytes per second that a body must keep, counted after {@code headTimeout}
 * @param writeStall how long the peer may refuse to take bytes
 * @param streams most HTTP/2 streams of a connection at a time
 */
public record HttpLimits(
    int requestLine,
    int headerBlock,
    int headerCount,
    int header,
    int body,
    Duration headTimeout,
    Duration idleTimeout,
    Duration bodyIdleTimeout,
    int bodyRate,
    Duration writeStall,
    int streams) {

  /** The values of docs/reference/config.md. */
  public static HttpLimits defaults() {
    return new HttpLimits(
        8 * 1024,
        16 * 1024,
        100,
        8 * 1024,
        4 * 1024 * 1024,
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        Duration.ofSeconds(30),
        500,
        Duration.ofSeconds(30),
        100);
  }
}
