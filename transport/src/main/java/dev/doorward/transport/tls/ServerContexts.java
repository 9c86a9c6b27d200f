package dev.doorward.transport.tls;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/**
 * The contexts of the public port at the moment. Asked once a connection, on its event loop, so it
 * answers from memory; a swap (renewed certificate) takes effect with the next connection.
 */
public interface ServerContexts {
  /**
   * The public context for a server name, or empty to close the connection.
   *
   * @param serverName lower case; empty where the client sent none
   */
  Optional<SslContext> publicFor(Optional<String> serverName);

  /**
   * The context that answers a certificate authority about a name (RFC 8737), or empty where it has
   * not been asked about.
   *
   * @param serverName lower case; empty where the validator sent none
   */
  default Optional<SslContext> challenge(Optional<String> serverName) {
    return Optional.empty();
  }

  /** The context of links. */
  SslContext link();

  /** The context of enrolment. */
  SslContext enrol();
}
