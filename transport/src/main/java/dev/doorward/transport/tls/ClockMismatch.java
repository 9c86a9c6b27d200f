package dev.doorward.transport.tls;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A certificate of the right CA whose time does not include this machine's: its clock is wrong, or
 * the certificate was not renewed.
 */
public final class ClockMismatch extends CertificateException {
  private static final long serialVersionUID = 1;
  private static final int DEPTH = 16;

  private final Instant begins;
  private final Instant ends;
  private final Instant now;

  private ClockMismatch(Instant begins, Instant ends, Instant now) {
    super("the clock says " + now + ", the certificate holds from " + begins + " to " + ends);
    this.begins = begins;
    this.ends = ends;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Whether time is all that is wrong with a chain: each certificate is signed by the next, and one
   * of them does not hold now.
   */
  public static Optional<ClockMismatch> of(X509Certificate[] chain, Instant now) {
    try {
      for (int i = 0; i < chain.length; i++) {
        chain[i].verify(chain[Math.min(i + 1, chain.length - 1)].getPublicKey());
      }
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
    for (X509Certificate certificate : chain) {
      Instant begins = certificate.getNotBefore().toInstant();
      Instant ends = certificate.getNotAfter().toInstant();
      if (now.isBefore(begins) || now.isAfter(ends)) {
        return Optional.of(new ClockMismatch(begins, ends, now));
      }
    }
    return Optional.empty();
  }

  /** What made a handshake fail, if it was this. */
  public static Optional<ClockMismatch> find(Throwable failure) {
    int depth = 0;
    for (Throwable t = failure; t != null && depth < DEPTH; t = t.getCause(), depth++) {
      if (t instanceof ClockMismatch mismatch) {
        return Optional.of(mismatch);
      }
    }
    return Optional.empty();
  }

  /**
   * One sentence with both times; {@code whose} certificate, e.g. "the edge at example.org:443".
   */
  public Problem problem(String whose) {
    return new Problem(
        Reason.CLOCK_WRONG,
        now.isBefore(begins)
            ? "The certificate of "
                + whose
                + " begins at "
                + begins
                + ", but the clock of this machine says "
                + now
                + "; set the clock right and try again."
            : "The certificate of "
                + whose
                + " ended at "
                + ends
                + ", and the clock of this machine says "
                + now
                + "; set the clock if it is wrong, else restart the edge, which makes a new one.");
  }
}
