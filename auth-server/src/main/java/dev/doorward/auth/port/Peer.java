package dev.doorward.auth.port;

import dev.doorward.common.identity.Fingerprint;

/** Who is at the other end of a connection. */
public sealed interface Peer {
  /** A process that may open the socket. */
  record Local() implements Peer {}

  /**
   * An edge with a certificate of the internal CA.
   *
   * @param key fingerprint of the certified key
   */
  record Edge(String name, Fingerprint key) implements Peer {}
}
