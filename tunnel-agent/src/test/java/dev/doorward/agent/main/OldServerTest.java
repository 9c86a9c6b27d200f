package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.fake.McpCalls;
import dev.doorward.agent.fake.OldServer;
import dev.doorward.common.outcome.Reason;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that speaks only HTTP+SSE of 2024-11-05, called over a link. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class OldServerTest {
  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private FakeServer neighbour;
  private AgentProcess agent;
  private McpCalls ada;

  @BeforeEach
  void join() throws Exception {
    edge = new FakeEdge();
    neighbour = new FakeServer();
    assertThat(Running.join(edge, dir.resolve("agent")).code()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
    neighbour.close();
    edge.close();
  }

  private OldServer serve(String endpoint) throws Exception {
    OldServer old = new OldServer(endpoint.replace("NEIGHBOUR", "" + neighbour.port()));
    server = new FakeServer(old);
    agent =
        Running.start(
            dir.resolve("agent"),
            """
            links: 1
            limits: {drain: 1s}
            services:
              notes: {url: "http://127.0.0.1:%d/sse", transport: http-sse}
            """
                .formatted(server.port()));
    ada = new McpCalls(edge, edge.awaitLink(), "notes", "ada");
    return old;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/messages/?session=s-1", "messages/?session=s-1"})
  void clientsOfStreamableHttpReachIt(String endpoint) throws Exception {
    OldServer old = serve(endpoint);

    Answer opened = ada.initialize().await();
    String session = opened.headers().get("mcp-session-id");
    String answer = ada.ask(session, "\"a\"", "tools/list");

    assertThat(opened.text())
        .contains("\"id\":\"i\"")
        .contains("\"protocolVersion\":\"2024-11-05\"");
    assertThat(answer)
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"got\":")
        .contains("tools/list");
    assertThat(old.posted).hasSize(2);
    assertThat(ada.open("DELETE", "/mcp", "", "mcp-session-id", session).await().status())
        .isEqualTo(204);
    Awaitility.await().until(() -> !server.closed.isEmpty());
    assertThat(ada.modern(3, "tools/list", "").await().text()).contains("\"resultType\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:NEIGHBOUR/messages/?session=s-1",
        "//127.0.0.1:NEIGHBOUR/messages/?session=s-1",
        "http://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/messages",
        "file:///etc/passwd",
        "http://user@127.0.0.1/x",
        "::",
        ""
      })
  void anEndpointElsewhereIsNotPostedTo(String endpoint) throws Exception {
    serve(endpoint);

    assertThat(ada.initialize().await().reason())
        .isIn(Reason.BACKEND_PROTOCOL_VIOLATION, Reason.BACKEND_ABORTED);
    assertThat(neighbour.connections).hasValue(0);
  }

  @Test
  void aStreamThatEndsEndsItsSession() throws Exception {
    serve("/messages/?session=s-1");
    String session = ada.session();

    server.close();

    Awaitility.await()
        .until(() -> ada.post(session, McpCalls.request("1", "x")).await().status() == 404);
  }
}
