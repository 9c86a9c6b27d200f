package dev.doorward.transport.tls;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a verified certificate of the internal CA says about an agent. */
public final class AgentCertificate {
  private static final String PREFIX = "spiffe://doorward/agent/";
  private static final int URI = 6;

  private AgentCertificate() {}

  /**
   * The agent that the certificate names: it has exactly one subject alternative name, a URI of the
   * form {@code spiffe://doorward/agent/<id>}; else empty. The chain must have been verified.
   */
  public static Optional<AgentId> agentOf(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return Optional.empty();
    }
    if (names == null || names.size() != 1) {
      return Optional.empty();
    }
    List<?> name = names.iterator().next();
    if (!Integer.valueOf(URI).equals(name.get(0))
        || !(name.get(1) instanceof String uri)
        || !uri.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String id = uri.substring(PREFIX.length());
    return AgentId.isValid(id) ? Optional.of(new AgentId(id)) : Optional.empty();
  }

  /** SHA-256 of the certificate's SubjectPublicKeyInfo: what the allow-table knows a key by. */
  public static Fingerprint keyOf(X509Certificate certificate) {
    return Fingerprint.of(certificate.getPublicKey().getEncoded());
  }
}
