package dev.doorward.edge.legacy;

import static dev.doorward.edge.fixture.EdgeFixture.CALL;
import static dev.doorward.edge.fixture.EdgeFixture.INITIALIZE;
import static dev.doorward.edge.fixture.EdgeFixture.body;
import static dev.doorward.edge.fixture.EdgeFixture.header;
import static dev.doorward.edge.fixture.EdgeFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeLink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionCallTest {
  private final EdgeFixture edge = new EdgeFixture();
  private final FakeLink nas = edge.link("nas", "notes");
  private final FakeLink pi = edge.link("pi", "notes");

  @AfterEach
  void close() {
    edge.close();
  }

  private String initialize() {
    pi.busy = 100;
    edge.send("POST", INITIALIZE);
    nas.last()
        .head(
            200,
            "content-type",
            "application/json",
            "mcp-session-id",
            "s-1",
            "content-length",
            "2");
    nas.last().data("{}");
    nas.last().listener.onEnd();
    return header(edge.sent(), "Mcp-Session-Id");
  }

  @Test
  void theServersIdIsSealedForTheClientAndOpenedForTheServer() {
    String session = initialize();
    assertThat(session).isNotEmpty().doesNotContain("s-1");

    edge.send("POST", CALL, "Mcp-Session-Id: " + session);

    assertThat(nas.last().head.headers().getAll("mcp-session-id")).containsExactly("s-1");
    nas.last()
        .head(
            200,
            "content-type",
            "application/json",
            "mcp-session-id",
            "s-1",
            "content-length",
            "2");
    nas.last().data("{}");
    nas.last().listener.onEnd();
    assertThat(header(edge.sent(), "Mcp-Session-Id")).isEqualTo(session);
  }

  @Test
  void aSessionStaysWithItsAgentHoweverBusy() {
    String session = initialize();
    nas.busy = 1000;

    edge.send("GET", "", "Mcp-Session-Id: " + session);

    assertThat(nas.calls).hasSize(2);
    assertThat(pi.calls).isEmpty();
    nas.last().json("{}");
  }

  @Test
  void aSessionOfAnotherPersonOrClientDoesNotExist() {
    String session = initialize();

    for (String token : new String[] {"bob.notes.c1", "ann.notes.c2"}) {
      edge.request("POST", "/notes/mcp", token, CALL, "Mcp-Session-Id: " + session);
      String answer = edge.sent();
      assertThat(status(answer)).isEqualTo(404);
      assertThat(body(answer)).contains("mcp_session_unknown");
    }
    edge.send("DELETE", "", "Mcp-Session-Id: s-1");
    assertThat(status(edge.sent())).isEqualTo(404);
    assertThat(nas.calls).hasSize(1);
  }

  @Test
  void aSessionOutlivesTheProcess() {
    String session = initialize();
    try (var restarted = new EdgeFixture()) {
      FakeLink link = restarted.link("nas", "notes");
      restarted.send("POST", CALL, "Mcp-Session-Id: " + session);

      assertThat(link.last().head.headers().get("mcp-session-id")).isEqualTo("s-1");
      link.last().json("{}");
    }
  }

  @Test
  void aModernRequestHasNoSessionWhateverItSays() {
    String modern =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":"
            + "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";
    nas.busy = 100;

    edge.send(
        "POST",
        modern,
        "MCP-Protocol-Version: 2026-07-28",
        "Mcp-Method: ping",
        "Mcp-Session-Id: garbage");

    assertThat(pi.last().head.headers().contains("mcp-session-id")).isFalse();
    pi.last().json("{}");
  }

  @Test
  void aDeadSessionIsToldByTheServer() {
    String session = initialize();
    edge.send("POST", CALL, "Mcp-Session-Id: " + session);
    nas.last().head(404, "content-type", "application/json", "content-length", "2");
    nas.last().data("{}");
    nas.last().listener.onEnd();

    assertThat(status(edge.sent())).isEqualTo(404);
  }
}
