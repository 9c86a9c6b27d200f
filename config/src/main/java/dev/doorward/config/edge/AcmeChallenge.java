package dev.doorward.config.edge;

/** How a certificate authority sees that a name is this edge's. */
public enum AcmeChallenge {
  /** By a handshake on the public port (RFC 8737). */
  TLS_ALPN_01,
  /** By a page on port 80 (RFC 8555 section 8.3). */
  HTTP_01,
  /** By a record in the DNS (RFC 8555 section 8.4). */
  DNS_01
}
