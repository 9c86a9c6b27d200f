package dev.doorward.agent.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server that speaks HTTP+SSE of 2024-11-05 only; its script says what it does. */
public final class OldServer implements FakeServer.Script {
  private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

  /** The bodies that were posted. */
  public final BlockingQueue<String> posted = new LinkedBlockingQueue<>();

  private final String endpoint;
  private volatile @Nullable OutputStream stream;

  /** A server that names this endpoint. */
  public OldServer(String endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public boolean answer(FakeServer.Request request, OutputStream out, InputStream in)
      throws Exception {
    if (request.head().startsWith("GET /sse ")) {
      write(
          out,
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
              + "event: endpoint\r\ndata: "
              + endpoint
              + "\r\n\r\n");
      stream = out;
      return in.read() >= 0; // until the other side goes
    }
    if (!request.head().startsWith("POST /messages/?session=s-1 ")) {
      write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      return true;
    }
    String body = new String(request.body(), StandardCharsets.UTF_8);
    posted.add(body);
    write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\nAccepted");
    Matcher id = ID.matcher(body);
    OutputStream to = stream;
    if (id.find() && to != null) {
      String result =
          body.contains("\"initialize\"")
              ? "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{},\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}"
              : "{\"got\":" + body + "}";
      write(
          to,
          "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":"
              + id.group(1)
              + ",\"result\":"
              + result
              + "}\n\n");
    }
    return true;
  }

  private static synchronized void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
