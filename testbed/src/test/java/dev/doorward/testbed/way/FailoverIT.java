package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorward.agent.main.AgentMain;
import dev.doorward.agent.main.AgentProcess;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.testbed.sample.SampleServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One service on two agents. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class FailoverIT {
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";

  @TempDir private Path dir;
  private House house;

  @BeforeAll
  void open() throws Exception {
    house = new House("it-failover");
  }

  @AfterAll
  void close() throws Exception {
    house.close();
    assertThat(house.logs()).doesNotContain("LEAK:");
  }

  @Test
  void whatOneAgentCannotDoAnotherDoesAndSessionsStayWhereTheyBegan() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = free.getLocalPort();
    }
    try (AgentProcess second = second(port)) {
      await().until(second::online);
      // The server of the second agent is not there yet, so the first one is asked every time.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> house.logs().contains("event=service_down"));
      HttpResponse<String> opened = initialize();
      for (int i = 0; i < 10; i++) {
        assertThat(initialize().statusCode()).isEqualTo(200);
      }
      String session = opened.headers().firstValue("mcp-session-id").orElseThrow();
      assertThat(list(session).statusCode()).isEqualTo(200);

      SampleServer server = SampleServer.start(port);
      try {
        ProcessHandle first = house.process("agent_pid");
        first.destroyForcibly();
        first.onExit().get();

        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(() -> assertThat(initialize().statusCode()).isEqualTo(200));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() -> assertThat(list(session).statusCode()).isEqualTo(404));
        String next = initialize().headers().firstValue("mcp-session-id").orElseThrow();
        assertThat(list(next).statusCode()).isEqualTo(200);
      } finally {
        server.close();
      }
    }
  }

  private AgentProcess second(int port) throws IOException {
    String invite =
        house
            .operator("POST", "/v1/invites", Map.of("agent", "second", "services", List.of("demo")))
            .path("invite")
            .asString("");
    StringWriter said = new StringWriter();
    int code =
        AgentMain.execute(
            new PrintWriter(said, true),
            new PrintWriter(said, true),
            "join",
            invite,
            "--data-dir",
            dir.toString(),
            "--service",
            "demo=http://127.0.0.1:" + port + "/mcp");
    assertThat(code).as(said.toString()).isZero();
    return value(
        ConfigReader.read(AgentConfig.class, Optional.of(dir.resolve("agent.yaml")), Map.of())
            .outcome()
            .then(config -> AgentProcess.start(config, InstantSource.system())));
  }

  private static <T> T value(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T>(var problem) -> throw new AssertionError(problem.toString());
    };
  }

  private HttpResponse<String> initialize() throws IOException, InterruptedException {
    return house.post(house.resource(), house.token(), INITIALIZE);
  }

  private HttpResponse<String> list(String session) throws IOException, InterruptedException {
    return house.post(
        house.resource(),
        house.token(),
        House.LIST,
        "Mcp-Session-Id",
        session,
        "MCP-Protocol-Version",
        "2025-06-18");
  }
}
