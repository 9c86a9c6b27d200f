package dev.doorward.auth.engine;

import java.util.List;

/**
 * The answer to an {@link AuthCall}; complete, with its own security and caching headers.
 *
 * @param headers in the order of sending; Content-Length is added by the edge
 */
public record AuthReply(int status, List<Header> headers, byte[] body) {
  /** One response header. */
  public record Header(String name, String value) {}

  /** Copies the headers. */
  public AuthReply {
    headers = List.copyOf(headers);
  }
}
