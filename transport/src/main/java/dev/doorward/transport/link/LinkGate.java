package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What the edge decides about its links. Asked on a link's loop, so no method may block. */
public interface LinkGate {
  /**
   * What the edge tells an agent first.
   *
   * @param keys the newest key statement
   */
  record Terms(Issuer issuer, String keys) {}

  /** Why this agent may have no link with this key, or empty where it may. */
  Optional<Problem> refusal(AgentId agent, Fingerprint key);

  /** Those of {@code offered} that the agent may offer. */
  Set<ServiceName> permitted(AgentId agent, Fingerprint key, Set<ServiceName> offered);

  /** The terms at the moment. */
  Terms terms();

  /**
   * A fresh certificate for the agent; completes on any thread.
   *
   * @param csr DER of the PKCS#10 request
   */
  CompletionStage<Outcome<List<X509Certificate>>> renew(AgentId agent, Fingerprint key, byte[] csr);
}
