package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Processes are killed, one after the other; what is left goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageIT {
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",
       "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}\
      """;

  private House house;

  @BeforeAll
  void open() throws Exception {
    house = new House("it-outage");
  }

  @AfterAll
  void close() throws Exception {
    house.close();
    assertThat(house.logs()).doesNotContain("LEAK:");
  }

  @Test
  void whatIsLeftGoesOnWhenProcessesAreKilledOneAfterTheOther() throws Exception {
    whoIsSignedInStaysSoWhenTheEdgeIsKilledAndStartedAgain();
    serverThatDiedIs502AndTheRestGoesOn();
    agentThatIsRevokedLosesItsLinksAndCallsWithinASecond();
    agentThatIsGoneIs503WithRetryAfter();
  }

  private void agentThatIsRevokedLosesItsLinksAndCallsWithinASecond() throws Exception {
    String token = house.tokenFor("other");
    String agent =
        house.operator("GET", "/v1/agents", null).path("agents").path(0).path("name").asString();
    JsonNode shown = house.operator("GET", "/v1/agents/" + agent, null);
    assertThat(shown.path("links").path(0).path("rtt_micros").asLong(-1)).isPositive();
    assertThat(shown.path("links").path(0).path("remote").asString()).isEqualTo("127.0.0.1");
    assertThat(shown.path("links").path(0).path("key_exchange").asString())
        .isEqualTo("X25519MLKEM768");
    assertThat(shown.path("services").valueStream())
        .anyMatch(s ->
            s.path("name").asString().equals("down") && s.path("health").asString().equals("down"));
    Events events = Events.counting(house, "other", token);

    long since = System.nanoTime();
    house.operator("POST", "/v1/agents/" + agent + "/revoke", Map.of());

    assertThat(events.untilCut(since)).isLessThan(Duration.ofSeconds(1));
    assertThat(house.post(house.resource("other"), token, INITIALIZE).statusCode()).isEqualTo(503);
    // The link itself waits half a second with its last word.
    await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> house.operator("GET", "/v1/agents/" + agent, null).path("links").isEmpty());
  }

  private void whoIsSignedInStaysSoWhenTheEdgeIsKilledAndStartedAgain() throws Exception {
    assertThat(initialize().statusCode()).isEqualTo(200);
    ProcessHandle edge = house.process("edge_pid");

    edge.destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsMatching(
            e -> e instanceof IOException || e instanceof NoSuchElementException)
        .untilAsserted(() -> {
          assertThat(house.process("edge_pid").pid()).isNotEqualTo(edge.pid());
          assertThat(initialize().statusCode()).isEqualTo(200);
        });
    assertThat(house.notes).anyMatch(note -> note.contains("The edge has ended with code 137"));
    assertThat(house.refreshed().accessToken()).isNotBlank().isNotEqualTo(house.token());
  }

  private void serverThatDiedIs502AndTheRestGoesOn() throws Exception {
    ProcessHandle server = house.process("server_pid");

    server.destroyForcibly();
    server.onExit().get();

    HttpResponse<String> answer = initialize();
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(House.reason(answer)).isEqualTo("backend_unreachable");
    String token = house.tokenFor("other");
    assertThat(house.post(house.resource("other"), token, INITIALIZE).statusCode()).isEqualTo(200);
  }

  private void agentThatIsGoneIs503WithRetryAfter() throws Exception {
    ProcessHandle agent = house.process("agent_pid");

    agent.destroyForcibly();
    agent.onExit().get();

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(initialize().statusCode()).isEqualTo(503));
    HttpResponse<String> answer = initialize();
    assertThat(House.reason(answer)).isEqualTo("agent_offline");
    assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
        .isPositive();
  }

  private HttpResponse<String> initialize() throws IOException, InterruptedException {
    return house.post(house.resource(), house.token(), INITIALIZE);
  }
}
