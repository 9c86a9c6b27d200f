package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How a machine becomes an agent and stays one. Blocks on storage; safe on any thread. */
public interface Enrolment {
  /** An invite and until when it can be used. */
  record Invited(Invite invite, AgentId agent, Instant expiresAt) {}

  /**
   * What an agent gets.
   *
   * @param chain its certificate first, the internal CA's last
   */
  record Enrolled(AgentId agent, List<X509Certificate> chain, Set<ServiceName> services) {}

  /**
   * A new invite for {@code agent}.
   *
   * @param services what the agent may offer; empty means any
   * @param life 1 minute to 7 days
   * @param from where the machine has to be; empty means anywhere
   */
  Outcome<Invited> invite(
      AgentId agent, Set<ServiceName> services, Duration life, Optional<SourceNetwork> from);

  /**
   * Uses an invite, once, whatever races. The names in the certificate request are ignored; only
   * its key and its proof of possession count.
   *
   * @param csr DER of the PKCS#10 request, at most 4 KiB
   * @param from the address that the machine asks from; an invite for another network stays unused
   */
  Outcome<Enrolled> enrol(String inviteId, Secret secret, byte[] csr, InetAddress from);

  /**
   * A fresh certificate for an agent whose old one has ended and that therefore has no link. That
   * it owns its key is shown by the signature of the request; a certificate for that key is worth
   * nothing to anybody else.
   */
  Outcome<Enrolled> revive(AgentId agent, byte[] csr);

  /** A fresh certificate for an agent whose link is authenticated by {@code currentKey}. */
  Outcome<Enrolled> renew(AgentId agent, Fingerprint currentKey, byte[] csr);
}
