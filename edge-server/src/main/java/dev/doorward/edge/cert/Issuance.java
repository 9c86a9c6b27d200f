package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.transport.tls.TlsIdentity;
import java.time.Instant;
import java.util.Optional;

/** What became of an order. */
sealed interface Issuance {
  /** The certificate, with its key. */
  record Done(TlsIdentity identity) implements Issuance {}

  /**
   * There is none.
   *
   * @param retryAt when the authority wants to be asked again, where it says so
   */
  record Failed(Problem problem, Optional<Instant> retryAt) implements Issuance {}
}
