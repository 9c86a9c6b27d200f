package dev.doorward.testbed.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** How long an event takes from the backend's write to the client's first byte of it. */
final class StreamLatency {
  private static final String BODY =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"count\"}}";

  private StreamLatency() {}

  /** Reads one stream; nanoseconds for each of its events. */
  static List<Long> stream(SSLContext tls, URI resource, String token) throws IOException {
    List<Long> nanos = new ArrayList<>();
    try (var plain = new Socket(InetAddress.getLoopbackAddress(), resource.getPort());
        var socket =
            (SSLSocket)
                tls.getSocketFactory()
                    .createSocket(plain, resource.getHost(), resource.getPort(), true)) {
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(10_000);
      String request =
          "POST "
              + resource.getRawPath()
              + " HTTP/1.1\r\nHost: "
              + resource.getRawAuthority()
              + "\r\nAuthorization: Bearer "
              + token
              + "\r\nContent-Type: application/json\r\n"
              + "Accept: application/json, text/event-stream\r\n"
              + "MCP-Protocol-Version: 2025-11-25\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      var pending = new StringBuilder();
      while (true) {
        int count = in.read(buffer);
        long now = System.nanoTime();
        if (count < 0) {
          throw new IOException("the stream broke off: " + pending);
        }
        pending.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        for (int end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
          int start = pending.indexOf("data: ");
          if (start >= 0 && start < end) {
            nanos.add(now - Long.parseLong(pending.substring(start + 6, end)));
          }
          pending.delete(0, end + 2);
        }
        if (pending.indexOf("0\r\n\r\n") >= 0) {
          return nanos;
        }
      }
    }
  }
}
