package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks a running edge over its socket; one connection a question. Blocks. */
public final class AdminClient {
  private static final int MAX_ANSWER = 16 << 20;

  private final Path dataDir;

  /** A client of the edge that uses {@code dataDir}. */
  public AdminClient(Path dataDir) {
    this.dataDir = dataDir;
  }

  /** The answer, or the problem that the edge tells, or that there is no edge. */
  public Outcome<JsonNode> ask(String method, String path, @Nullable Object body) {
    return ask(dataDir.resolve(AdminServer.SOCKET), method, path, body, true);
  }

  /**
   * Asks at a socket.
   *
   * @param follow whether to ask an auth-server on this machine that an edge names
   */
  private Outcome<JsonNode> ask(
      Path socket, String method, String path, @Nullable Object body, boolean follow) {
    if (!Files.exists(socket)) {
      return notRunning();
    }
    byte[] json = body == null ? new byte[0] : AdminJson.MAPPER.writeValueAsBytes(body);
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + json.length
            + "\r\n\r\n";
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      write(channel, head.getBytes(StandardCharsets.US_ASCII));
      write(channel, json);
      Answered answered = read(channel);
      Path other = Path.of(answered.socket());
      return follow && !answered.socket().isEmpty() && Files.isReadable(other)
          ? ask(other, method, path, body, false)
          : answered.outcome();
    } catch (IOException e) {
      return Files.isReadable(socket)
          ? notRunning()
          : Outcome.failed(
              Reason.FILE_UNREADABLE, "You may not use " + socket + "; run this as its owner.");
    }
  }

  private Outcome<JsonNode> notRunning() {
    return Outcome.failed(
        Reason.NOT_RUNNING,
        "Nothing is running on "
            + dataDir
            + "; start it with doorward edge or doorward auth, or name another data directory with"
            + " --data-dir.");
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * An answer.
   *
   * @param socket where to ask instead; empty where this is the place
   */
  private record Answered(Outcome<JsonNode> outcome, String socket) {}

  private static Answered read(SocketChannel channel) throws IOException {
    var all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer) >= 0 && all.size() < MAX_ANSWER) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    byte[] bytes = all.toByteArray();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 12) {
      return broken();
    }
    JsonNode json;
    try {
      json = AdminJson.MAPPER.readTree(Arrays.copyOfRange(bytes, end + 4, bytes.length));
    } catch (JacksonException e) {
      return broken();
    }
    if (text.startsWith("2", 9)) {
      return new Answered(Outcome.ok(json), "");
    }
    Reason reason =
        Arrays.stream(Reason.values())
            .filter(r -> r.code().equals(json.path("reason").asString("")))
            .findFirst()
            .orElse(Reason.INTERNAL);
    return new Answered(
        Outcome.failed(reason, json.path("text").asString("The edge gave no reason.")),
        reason == Reason.AUTH_SERVER_APART ? json.path("socket").asString("") : "");
  }

  private static Answered broken() {
    return new Answered(
        Outcome.failed(
            Reason.INTERNAL, "The edge did not answer as expected; are both of one version?"),
        "");
  }
}
