package dev.doorward.agent.identity;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.transport.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;

/**
 * What an enrolled agent is and knows.
 *
 * @param edge {@code host:port} as the invite said
 * @param chain leaf first, the pinned CA last
 */
public record AgentIdentity(
    AgentId agent, String edge, Issuer issuer, AgentKey key, List<X509Certificate> chain) {
  /** Copies the chain. */
  public AgentIdentity {
    chain = List.copyOf(chain);
  }

  /** The certificate and key for links. */
  public TlsIdentity tls() {
    return new TlsIdentity(chain, key.privateKey());
  }

  /** The pinned CA: the only root that this agent has. */
  public X509Certificate ca() {
    return chain.getLast();
  }

  /** The pinned CA's key, which signs statements of the issuer's keys. */
  public ECPublicKey root() {
    return (ECPublicKey) ca().getPublicKey();
  }

  /** From when on a new certificate is wanted: two thirds of its life. */
  public Instant renewFrom() {
    Instant from = leaf().getNotBefore().toInstant();
    Instant until = leaf().getNotAfter().toInstant();
    return from.plusMillis((until.toEpochMilli() - from.toEpochMilli()) / 3 * 2);
  }

  /** When the certificate ends. */
  public Instant ends() {
    return leaf().getNotAfter().toInstant();
  }

  /** The same agent with a fresh certificate. */
  public AgentIdentity withChain(List<X509Certificate> fresh) {
    return new AgentIdentity(agent, edge, issuer, key, fresh);
  }

  private X509Certificate leaf() {
    return chain.getFirst();
  }
}
