package dev.doorward.transport.tls;

import dev.doorward.common.identity.Fingerprint;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts servers whose chain ends in the one CA certificate that has the pinned hash; then the
 * platform's own checks run with that CA as the only anchor: signatures, dates, key usage and the
 * name of the server. No client is ever trusted.
 */
final class PinnedCaTrust extends X509ExtendedTrustManager {
  private static final int MAX_CHAIN = 4;

  private final Fingerprint pin;

  PinnedCaTrust(Fingerprint pin) {
    this.pin = pin;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    X509ExtendedTrustManager trust = anchored(chain);
    try {
      trust.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      // The platform looks at the clock, so this does too.
      throw ClockMismatch.of(chain, Instant.now()).<CertificateException>map(x -> x).orElse(e);
    }
  }

  private X509ExtendedTrustManager anchored(X509Certificate[] chain) throws CertificateException {
    if (chain.length < 2 || chain.length > MAX_CHAIN) {
      throw new UntrustedEdge("the chain has " + chain.length + " certificates");
    }
    X509Certificate ca = chain[chain.length - 1];
    if (!Fingerprint.of(der(ca)).equals(pin)) {
      throw new UntrustedEdge("the chain does not end in the pinned CA");
    }
    if (ca.getBasicConstraints() < 0) {
      throw new UntrustedEdge("the pinned certificate is not a CA's");
    }
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      anchors.setCertificateEntry("ca", ca);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new CertificateException("this platform has no PKIX trust manager");
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateException("the pinned CA cannot be used", e);
    }
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without encoding", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new UntrustedEdge("no engine, so no name to check");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new UntrustedEdge("no engine, so no name to check");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("an agent trusts no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("an agent trusts no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("an agent trusts no clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public String toString() {
    return "PinnedCaTrust[" + pin + "]";
  }
}
