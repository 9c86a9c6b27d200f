package dev.doorward.edge.cert;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;

/** A certificate authority, as the keeper of certificates sees it. All methods block. */
interface Authority {
  /** What a renewal asks for, and when to ask again. */
  record Advice(RenewalWindow window, Duration again) {}

  /** What it is called in logs and files: the URL of its directory. */
  String name();

  /** Asks for a certificate; bounded in time, and never throws for what an authority can do. */
  Issuance issue(CertificateOrder order);

  /** When it wants {@code certificate} replaced; empty where it does not say (RFC 9773). */
  Optional<Advice> advice(X509Certificate certificate);
}
