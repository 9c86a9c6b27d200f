package dev.doorward.transport.tls;

import java.security.cert.CertificateException;

/** The server is not the edge whose CA is pinned. */
public final class UntrustedEdge extends CertificateException {
  private static final long serialVersionUID = 1;

  UntrustedEdge(String message) {
    super(message);
  }

  /** Whether this is what made a handshake fail. */
  public static boolean isCauseOf(Throwable failure) {
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 16; t = t.getCause(), depth++) {
      if (t instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }
}
