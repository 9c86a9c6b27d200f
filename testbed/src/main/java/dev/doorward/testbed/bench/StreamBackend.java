package dev.doorward.testbed.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that answers every POST with an event stream: an event now and then, each holding
 * the {@link System#nanoTime} of its write, which means the same to all processes of this machine.
 */
final class StreamBackend implements AutoCloseable {
  private static final byte[] HEAD =
      String.join(
              "\r\n",
              "HTTP/1.1 200 OK",
              "Content-Type: text/event-stream",
              "Cache-Control: no-cache",
              "Transfer-Encoding: chunked",
              "",
              "")
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket;
  private final int events;
  private final long pauseMillis;

  /** Each stream has {@code events} events with a pause before each. */
  StreamBackend(int events, long pauseMillis) throws IOException {
    this.socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    this.events = events;
    this.pauseMillis = pauseMillis;
    Thread.ofPlatform().daemon().name("stream-backend").start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connection.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().name("stream").start(() -> serve(connection));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (readRequest(in)) {
        out.write(HEAD);
        for (int i = 0; i < events; i++) {
          Thread.sleep(pauseMillis);
          byte[] event =
              ("data: " + System.nanoTime() + "\n\n").getBytes(StandardCharsets.US_ASCII);
          byte[] size =
              (Integer.toHexString(event.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
          byte[] chunk = new byte[size.length + event.length + 2];
          System.arraycopy(size, 0, chunk, 0, size.length);
          System.arraycopy(event, 0, chunk, size.length, event.length);
          chunk[chunk.length - 2] = '\r';
          chunk[chunk.length - 1] = '\n';
          out.write(chunk);
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // The other side has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads head and body of a request; false at the end of the connection. */
  private static boolean readRequest(InputStream in) throws IOException {
    int length = 0;
    for (String line = line(in); line != null; line = line(in)) {
      if (line.isEmpty()) {
        in.skipNBytes(length);
        return true;
      }
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
      if (line.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
        length = -1;
      }
      if (length < 0) {
        throw new IOException("this backend reads no chunked requests");
      }
    }
    return false;
  }

  private static @Nullable String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
