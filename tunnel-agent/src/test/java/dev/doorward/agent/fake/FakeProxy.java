package dev.doorward.agent.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that opens every tunnel to one port of this machine, or says something else. */
public final class FakeProxy implements AutoCloseable {
  public final List<String> heads = new CopyOnWriteArrayList<>();
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final int target;
  private volatile String answer = "HTTP/1.1 200 Connection established\r\n\r\n";

  /** Every tunnel ends at {@code target}. */
  public FakeProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  /** What is said to CONNECT; only what begins with a 200 opens a tunnel. Empty is silence. */
  public void answer(String text) {
    answer = text;
  }

  /** The port. */
  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          return;
        }
        head.append((char) b);
      }
      heads.add(head.toString());
      client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      if (answer.startsWith("HTTP/1.1 200 ")) {
        tunnel(client, in);
      } else if (answer.isEmpty()) {
        in.read();
      }
    } catch (IOException e) {
      // One side went.
    } finally {
      open.remove(client);
    }
  }

  private void tunnel(Socket client, InputStream in) throws IOException {
    try (Socket edge = new Socket(InetAddress.ofLiteral("127.0.0.1"), target)) {
      open.add(edge);
      Thread.ofVirtual().start(() -> copy(edge, client));
      in.transferTo(edge.getOutputStream());
    }
  }

  private static void copy(Socket from, Socket to) {
    try (to) {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
    } catch (IOException e) {
      // One side went.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
