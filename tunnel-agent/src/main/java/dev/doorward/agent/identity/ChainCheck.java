package dev.doorward.agent.identity;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.AgentCertificate;
import dev.doorward.transport.tls.ClockMismatch;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Checks a chain that the edge made for this agent before anything is stored: it must end in the
 * pinned CA, each certificate must be signed by the next, the leaf must have this agent's key and
 * name and be valid now. Pure.
 */
final class ChainCheck {
  private ChainCheck() {}

  static Outcome<List<X509Certificate>> check(
      List<byte[]> ders, Fingerprint pin, AgentId agent, AgentKey key, Instant now) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : ders) {
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
      if (chain.size() < 2
          || !Fingerprint.of(ders.getLast()).equals(pin)
          || !(chain.getLast().getPublicKey() instanceof ECPublicKey)) {
        return refused("it does not end in the CA that the invite named");
      }
      for (int i = 0; i < chain.size(); i++) {
        X509Certificate signer = chain.get(Math.min(i + 1, chain.size() - 1));
        chain.get(i).verify(signer.getPublicKey());
      }
    } catch (GeneralSecurityException e) {
      return refused("its signatures are wrong");
    }
    Optional<ClockMismatch> clock = ClockMismatch.of(chain.toArray(X509Certificate[]::new), now);
    if (clock.isPresent()) {
      return Outcome.failed(clock.get().problem("this agent, which the edge has just made,"));
    }
    X509Certificate leaf = chain.getFirst();
    if (!Arrays.equals(leaf.getPublicKey().getEncoded(), key.publicKey())) {
      return refused("it is for another key");
    }
    if (!AgentCertificate.agentOf(leaf).equals(Optional.of(agent))) {
      return refused("it is for another agent");
    }
    return Outcome.ok(List.copyOf(chain));
  }

  private static Outcome<List<X509Certificate>> refused(String why) {
    return Outcome.failed(
        Reason.EDGE_NOT_TRUSTED, "The certificate that the edge sent is refused: " + why + ".");
  }
}
