package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.TlsIdentity;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Looks whether an authority gave what was ordered, before it replaces what works. */
final class IssuedCheck {
  private static final int LONGEST_CHAIN = 8;
  private static final Duration SKEW = Duration.ofHours(1);

  private IssuedCheck() {}

  /** The identity; throws {@link Refused} where the chain is of another key, name or time. */
  static TlsIdentity check(
      List<X509Certificate> chain, KeyPair key, List<String> names, Instant now) {
    if (chain.isEmpty() || chain.size() > LONGEST_CHAIN) {
      throw wrong("no chain of a usual length");
    }
    X509Certificate leaf = chain.getFirst();
    if (!leaf.getPublicKey().equals(key.getPublic())) {
      throw wrong("a certificate of another key");
    }
    if (!CertificateNames.of(leaf).containsAll(names)) {
      throw wrong("a certificate of other names");
    }
    if (!leaf.getNotAfter().toInstant().isAfter(now)
        || leaf.getNotBefore().toInstant().isAfter(now.plus(SKEW))) {
      throw wrong("a certificate that is not valid now; is the clock of this machine right?");
    }
    return new TlsIdentity(chain, key.getPrivate());
  }

  private static Refused wrong(String what) {
    return new Refused(Reason.ACME_REFUSED, "The authority gave " + what + ".");
  }
}
