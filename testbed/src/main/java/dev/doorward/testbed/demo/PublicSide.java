package dev.doorward.testbed.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** What a client sees of the edge, asked over the public port. */
record PublicSide(SSLContext tls, String host, int port) {
  private static final int PATIENCE_MILLIS = 5_000;

  /** The status of the answer to a POST without a token. */
  int statusWithoutToken(String path) throws IOException {
    try (var plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
      plain.setSoTimeout(PATIENCE_MILLIS);
      String request =
          String.join(
              "\r\n",
              "POST " + path + " HTTP/1.1",
              "Host: " + host + ":" + port,
              "Content-Type: application/json",
              "Accept: application/json, text/event-stream",
              "Content-Length: 2",
              "Connection: close",
              "",
              "{}");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      byte[] start = socket.getInputStream().readNBytes(12);
      return start.length == 12
          ? Integer.parseInt(new String(start, 9, 3, StandardCharsets.US_ASCII))
          : 0;
    }
  }
}
