package dev.doorward.transport.tls;

import dev.doorward.common.identity.AgentId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The reserved names of the way between an edge and an auth-server of another machine. */
public final class AuthTls {
  /** The name in the auth-server's internal certificate. */
  public static final String SERVER_NAME = "auth.doorward.internal";

  /** ALPN name, version 1. */
  public static final String PROTOCOL = "doorward-auth/1";

  private static final String PREFIX = "spiffe://doorward/edge/";
  private static final int URI = 6;

  private AuthTls() {}

  /**
   * The edge that a certificate names: it has exactly one subject alternative name, a URI of the
   * form {@code spiffe://doorward/edge/<name>}; else empty. The chain must have been verified.
   */
  public static Optional<String> edgeOf(X509Certificate certificate) {
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
    return Integer.valueOf(URI).equals(name.get(0))
            && name.get(1) instanceof String uri
            && uri.startsWith(PREFIX)
            && AgentId.isValid(uri.substring(PREFIX.length()))
        ? Optional.of(uri.substring(PREFIX.length()))
        : Optional.empty();
  }
}
