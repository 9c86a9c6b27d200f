package dev.doorward.testbed.way;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A request written byte by byte, for what a good HTTP client would not send. */
final class RawRequest {
  private RawRequest() {}

  /** A GET with another Host header; gives the whole answer. */
  static String send(House house, String host, String path) throws Exception {
    URI issuer = URI.create(house.issuer());
    SSLContext tls = house.tls();
    try (var plain = new Socket(InetAddress.getLoopbackAddress(), issuer.getPort());
        var socket =
            (SSLSocket)
                tls.getSocketFactory()
                    .createSocket(plain, issuer.getHost(), issuer.getPort(), true)) {
      plain.setSoTimeout(10_000);
      String head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
