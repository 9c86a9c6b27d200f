package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service on a Unix socket, called over a link. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class UnixSocketTest {
  @TempDir private Path dir;
  private FakeEdge edge;
  private ServerSocketChannel server;
  private AgentProcess agent;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
    edge.close();
  }

  private static void serve(ServerSocketChannel server, BlockingQueue<List<String>> heads) {
    try {
      while (true) {
        SocketChannel client = server.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.US_ASCII));
        List<String> head = new ArrayList<>();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          head.add(line);
        }
        if (!head.isEmpty()) {
          heads.add(head);
          client.write(
              ByteBuffer.wrap(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                      .getBytes(StandardCharsets.US_ASCII)));
        }
        client.close();
      }
    } catch (java.io.IOException e) {
      // Closed.
    }
  }

  @Test
  void aCallReachesTheServerOnTheSocketAndNothingElse() throws Exception {
    Path socket = dir.resolve("mcp.sock");
    BlockingQueue<List<String>> heads = new LinkedBlockingQueue<>();
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(() -> serve(server, heads));
    assertThat(Running.join(edge, dir.resolve("agent")).code()).isZero();
    agent =
        Running.start(
            dir.resolve("agent"),
            """
            links: 1
            limits: {drain: 1s}
            services: {notes: {url: "http://notes.local/api/mcp", socket: %s}}
            """
                .formatted(socket));
    EdgeLink link = edge.awaitLink();
    String token = edge.authority.token(new ServiceName("notes"));

    Answer answer = Answer.post(link, "notes", token, "{}").await();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(heads.take())
        .contains("POST /api/mcp HTTP/1.1")
        .anyMatch(line -> line.equalsIgnoreCase("host: notes.local"));

    server.close();
    assertThat(Answer.post(link, "notes", token, "{}").await().reason())
        .isEqualTo(Reason.BACKEND_UNREACHABLE);
  }
}
