package dev.doorward.agent.fake;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend on a raw socket: keeps what it was sent byte for byte and answers what it is told. */
public final class FakeServer implements AutoCloseable {
  /** What a connection does with a request. */
  public interface Script {
    /** Answers on {@code out}; false closes the connection. */
    boolean answer(Request request, OutputStream out, InputStream in) throws Exception;
  }

  /** A request as it came. */
  public record Request(String head, byte[] body, int connection) {
    /** The value of a header, or an empty text. */
    public String header(String name) {
      return head.lines()
          .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }
  }

  public final List<Request> requests = new CopyOnWriteArrayList<>();
  public final AtomicInteger connections = new AtomicInteger();
  public final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Script script;

  /** A server that answers 200 with the request's body. */
  public FakeServer() throws IOException {
    this(FakeServer::echo);
  }

  /** A server with a script. */
  public FakeServer(Script script) throws IOException {
    this(script, new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
  }

  /** A server on a socket of the test's own, e.g. one with TLS. */
  public FakeServer(ServerSocket server) throws IOException {
    this(FakeServer::echo, server);
  }

  private FakeServer(Script script, ServerSocket server) {
    this.script = script;
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  /** Changes the script for the next request. */
  public void script(Script next) {
    script = next;
  }

  /** The port. */
  public int port() {
    return server.getLocalPort();
  }

  /** The URL of its MCP endpoint. */
  public String url() {
    return "http://127.0.0.1:" + port() + "/mcp";
  }

  /** A script that sends these bytes and keeps the connection. */
  public static Script sends(String answer) {
    return (request, out, in) -> {
      out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return true;
    };
  }

  /** What a script reads from, and the socket behind it. */
  public static final class Connected extends BufferedInputStream {
    private final Socket socket;

    private Connected(Socket socket) throws IOException {
      super(socket.getInputStream(), 65_536);
      this.socket = socket;
    }

    /** The socket. */
    public Socket socket() {
      return socket;
    }
  }

  private static boolean echo(Request request, OutputStream out, InputStream in)
      throws IOException {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + request.body().length
            + "\r\n\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(head.getBytes(StandardCharsets.US_ASCII));
    all.write(request.body());
    out.write(all.toByteArray());
    out.flush();
    return true;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        open.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new Connected(socket);
      OutputStream out = socket.getOutputStream();
      boolean more = true;
      while (more) {
        Request request = read(in, number);
        requests.add(request);
        more = script.answer(request, out, in);
      }
    } catch (Exception e) {
      // The other side went.
    } finally {
      open.remove(socket);
      closed.add(number);
    }
  }

  private static Request read(InputStream in, int number) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("end");
      }
      head.write(b);
    }
    Request bare = new Request(head.toString(StandardCharsets.ISO_8859_1), new byte[0], number);
    byte[] body;
    if (bare.header("transfer-encoding").equals("chunked")) {
      body = chunks(in);
    } else if (!bare.header("content-length").isEmpty()) {
      body = in.readNBytes(Integer.parseInt(bare.header("content-length")));
    } else {
      body = new byte[0];
    }
    return new Request(bare.head(), body, number);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in), 16);
      body.write(in.readNBytes(size));
      line(in);
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("end");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
