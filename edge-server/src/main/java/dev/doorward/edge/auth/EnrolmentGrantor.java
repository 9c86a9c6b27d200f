package dev.doorward.edge.auth;

import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.link.control.RenewRequest;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Turns an invite into a certificate, and tells the new agent whose keys to trust. */
public final class EnrolmentGrantor implements EnrolHandler.Grantor {
  private final Issuer issuer;
  private final Enrolment enrolment;
  private final Supplier<String> statement;

  /** Decides by what is handed in; the statement is the newest one. */
  public EnrolmentGrantor(Issuer issuer, Enrolment enrolment, Supplier<String> statement) {
    this.issuer = issuer;
    this.enrolment = enrolment;
    this.statement = statement;
  }

  @Override
  public Outcome<EnrolReply> enrol(EnrolRequest request, InetSocketAddress remote) {
    return enrolment
        .enrol(request.invite(), request.secret(), request.csr(), remote.getAddress())
        .then(this::reply);
  }

  @Override
  public Outcome<EnrolReply> renew(RenewRequest request, InetSocketAddress remote) {
    return enrolment.revive(request.agent(), request.csr()).then(this::reply);
  }

  private Outcome<EnrolReply> reply(Enrolment.Enrolled enrolled) {
    List<byte[]> chain = new ArrayList<>();
    try {
      for (X509Certificate certificate : enrolled.chain()) {
        chain.add(certificate.getEncoded());
      }
    } catch (CertificateEncodingException e) {
      return Outcome.failed(new Problem(Reason.INTERNAL, "The edge made a bad certificate."));
    }
    return Outcome.ok(
        new EnrolReply(
            enrolled.agent(), chain, enrolled.services(), issuer.value(), statement.get()));
  }
}
