package dev.doorward.transport.tls;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** What a finished and re-checked TLS handshake says about the connection. */
public sealed interface TlsPeer {
  /**
   * A client of the public side.
   *
   * @param protocol {@code h2} or {@code http/1.1}
   * @param serverName lower-case SNI name, empty where the client sent none
   */
  record Public(String protocol, Optional<String> serverName) implements TlsPeer {}

  /**
   * An agent that proved its certificate of the internal CA. The allow-table was not asked yet.
   *
   * @param key SHA-256 of the SubjectPublicKeyInfo
   */
  record Link(AgentId agent, Fingerprint key, X509Certificate certificate) implements TlsPeer {}

  /** A machine that wants to become an agent; it has proved nothing. */
  record Enrol() implements TlsPeer {}
}
