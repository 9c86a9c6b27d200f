package dev.doorward.testbed.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a client sees of the edge, asked over the public port. */
final class PublicSide {
  private static final int PATIENCE_MILLIS = 5_000;

  private final String host;
  private final int port;
  private final String caSha256;

  /** {@code caSha256} is the hash, in hex, of the only root to be trusted. */
  PublicSide(String host, int port, String caSha256) {
    this.host = host;
    this.port = port;
    this.caSha256 = caSha256;
  }

  /** The certificate of the edge's internal CA, DER. */
  byte[] ca() throws IOException {
    try (SSLSocket socket = connect()) {
      Certificate[] chain = socket.getSession().getPeerCertificates();
      return chain[chain.length - 1].getEncoded();
    } catch (CertificateException e) {
      throw new IOException("a certificate of the edge cannot be encoded", e);
    }
  }

  /** The status of the answer to a POST without a token. */
  int statusWithoutToken(String path) throws IOException {
    try (SSLSocket socket = connect()) {
      String request =
          "POST "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + ":"
              + port
              + "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream"
              + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      byte[] start = socket.getInputStream().readNBytes(12);
      return start.length == 12
          ? Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII))
          : 0;
    }
  }

  private SSLSocket connect() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new OneRoot()}, null);
      var plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
      plain.setSoTimeout(PATIENCE_MILLIS);
      var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
      socket.startHandshake();
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS cannot be set up", e);
    }
  }

  /** Trusts the chain that ends in the one root. */
  private final class OneRoot extends X509ExtendedTrustManager {
    private void check(X509Certificate[] chain) throws CertificateException {
      X509Certificate root = chain[chain.length - 1];
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(root.getEncoded());
        if (!HexFormat.of().formatHex(hash).equals(caSha256)) {
          throw new CertificateException("another root");
        }
        for (int i = 0; i < chain.length; i++) {
          chain[i].verify(chain[Math.min(i + 1, chain.length - 1)].getPublicKey());
        }
      } catch (CertificateException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
