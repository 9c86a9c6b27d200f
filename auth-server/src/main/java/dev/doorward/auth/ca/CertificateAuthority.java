package dev.doorward.auth.ca;

import dev.doorward.common.identity.AgentId;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * The internal CA: P-256, made at the first start, its key sealed in the store. Safe on any thread.
 */
public interface CertificateAuthority {
  /** A certificate with its private key, ready for a TLS context. Chain: leaf first, CA last. */
  record Identity(List<X509Certificate> chain, PrivateKey key) {}

  /** The self-signed root, 10 years. */
  X509Certificate root();

  /**
   * A server certificate with a fresh key.
   *
   * @param names DNS names or IP addresses for the subject alternative names
   */
  Identity server(List<String> names, Duration life);

  /** The same for a key that somebody else has made and proved to have. Leaf first, CA last. */
  List<X509Certificate> server(PublicKey key, List<String> names, Duration life);

  /** A client certificate whose only name is the URI {@code spiffe://doorward/edge/<name>}. */
  List<X509Certificate> edge(String name, PublicKey key, Duration life);

  /** A client certificate whose only name is the URI {@code spiffe://doorward/agent/<id>}. */
  List<X509Certificate> agent(AgentId agent, PublicKey key, Duration life);

  /** Signs the statement of the issuer's keys, see common.token.KeyStatement. */
  String signKeyStatement(byte[] payload);
}
