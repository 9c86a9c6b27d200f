package dev.doorward.agent.identity;

import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** When a fresh certificate is asked for, and what a fresh one must be. */
public final class Renewal {
  private static final Duration JITTER = Duration.ofHours(2);
  private static final Duration RETRY = Duration.ofMinutes(10);

  private final IdentityStore store;
  private final InstantSource clock;
  private final Duration jitter;
  private volatile AgentIdentity identity;
  private volatile Instant notBefore = Instant.MIN;

  /** For {@code identity}; {@code random} spreads the agents of one edge over time. */
  public Renewal(
      IdentityStore store, AgentIdentity identity, InstantSource clock, RandomGenerator random) {
    this.store = store;
    this.identity = identity;
    this.clock = clock;
    this.jitter = Duration.ofMillis(random.nextLong(JITTER.toMillis()));
  }

  /** The identity with the newest certificate. */
  public AgentIdentity identity() {
    return identity;
  }

  /** Whether the certificate should be asked for now; then not again for 10 minutes. */
  public boolean due() {
    Instant now = clock.instant();
    Instant from = identity.renewFrom();
    // A short-lived certificate must not lose its last third to the jitter.
    Duration third = Duration.between(from, identity.ends()).dividedBy(4);
    Instant start = from.plus(jitter.compareTo(third) < 0 ? jitter : third);
    if (now.isBefore(start) || now.isBefore(notBefore) || expired()) {
      return false;
    }
    notBefore = now.plus(RETRY);
    return true;
  }

  /** Whether the certificate has ended: then there is no link, see {@link Revival}. */
  public boolean expired() {
    return !clock.instant().isBefore(identity.ends());
  }

  /** Takes a fresh chain, checked and stored. Blocks. */
  public Outcome<AgentIdentity> accept(List<byte[]> chain) {
    AgentIdentity old = identity;
    return ChainCheck.check(chain, pin(old.ca()), old.agent(), old.key(), clock.instant())
        .then(fresh -> {
          AgentIdentity renewed = old.withChain(fresh);
          try {
            store.renewed(renewed);
          } catch (IOException e) {
            return Outcome.failed(
                Reason.STORE_FAILED,
                "The fresh certificate could not be stored: " + e.getMessage());
          }
          identity = renewed;
          return Outcome.ok(renewed);
        });
  }

  static Fingerprint pin(X509Certificate ca) {
    try {
      return Fingerprint.of(ca.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without encoding", e);
    }
  }
}
