package dev.doorward.testbed.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a running edge over its unix socket, one connection for each question. */
record AdminSocket(Path path) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** The answer of the edge. */
  record Answer(int status, JsonNode body) {
    boolean ok() {
      return status / 100 == 2;
    }
  }

  Answer get(String target) throws IOException {
    return ask("GET", target, null);
  }

  Answer post(String target, Map<String, ?> body) throws IOException {
    return ask("POST", target, JSON.writeValueAsBytes(body));
  }

  private Answer ask(String method, String target, byte @Nullable [] body) throws IOException {
    byte[] sent = body == null ? new byte[0] : body;
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + (body == null
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + sent.length + "\r\n")
            + "\r\n";
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      write(channel, head.getBytes(StandardCharsets.US_ASCII));
      write(channel, sent);
      return read(channel);
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static Answer read(SocketChannel channel) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    String answer = bytes.toString(StandardCharsets.UTF_8);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0 || answer.length() < 12) {
      throw new IOException("the edge closed its admin socket without an answer");
    }
    String body = answer.substring(end + 4);
    return new Answer(
        Integer.parseInt(answer.substring(9, 12)),
        body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body));
  }
}
