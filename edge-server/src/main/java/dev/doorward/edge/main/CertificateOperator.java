package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.admin.CertificateDesk;
import dev.doorward.edge.cert.AcmeCertificates;
import java.util.List;
import java.util.Optional;

/** The operator's side of the public certificate, whatever it comes from. */
final class CertificateOperator implements CertificateDesk {
  private final Certificates certificates;
  private final Optional<AcmeCertificates> acme;

  CertificateOperator(Certificates certificates, Optional<AcmeCertificates> acme) {
    this.certificates = certificates;
    this.acme = acme;
  }

  @Override
  public View show() {
    if (acme.isEmpty()) {
      return new View(
          certificates.source(), List.of(), View.time(certificates.ends()), "", "", "", 0, "", "");
    }
    AcmeCertificates.Standing now = acme.get().standing();
    return new View(
        certificates.source(),
        now.names(),
        View.time(now.ends()),
        View.time(now.renewal()),
        View.time(now.nextAttempt()),
        now.authority(),
        now.failures(),
        now.reason(),
        now.text());
  }

  @Override
  public Outcome<View> renew() {
    if (acme.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE,
          "This certificate is not got by ACME; turn tls.acme on in edge.yaml, or replace the"
              + " files.");
    }
    acme.get().tryNow();
    return Outcome.ok(show());
  }
}
