package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.bridge.CommandServer;
import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.fake.McpCalls;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.EdgeLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An edge with a good certificate, and a caller's good token, that wants to run what it likes. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class HostileCommandEdgeTest {
  /** What would run, open or call something wherever it were taken for more than data. */
  private static final List<String> ATTEMPTS =
      List.of(
          "$(touch PROOF)",
          "`touch PROOF`",
          "; touch PROOF",
          "| touch PROOF",
          "' ; touch PROOF ; '",
          "--config=PROOF",
          "../../PROOF",
          "file:///etc/passwd",
          "http://169.254.169.254/latest/meta-data/",
          "http://127.0.0.1:NEIGHBOUR/",
          "unix:/run/docker.sock",
          "add 1 x",
          "%0akill%201",
          "A=B");

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer neighbour;
  private AgentProcess agent;
  private EdgeLink link;
  private McpCalls calls;
  private String session;
  private long started;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    neighbour = new FakeServer();
    assertThat(Running.join(edge, dir.resolve("agent")).code()).isZero();
    agent =
        Running.start(
            dir.resolve("agent"),
            "links: 1\nlimits: {drain: 1s}\nservices: {notes: {command: [sh, %s, legacy, %s]}}\n"
                .formatted(CommandServer.in(dir), dir.resolve("starts")));
    link = edge.awaitLink();
    calls = new McpCalls(edge, link, "notes", "ada");
    session = calls.session();
    started = Files.readAllLines(dir.resolve("starts")).size();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    neighbour.close();
    edge.close();
  }

  private String filled(String attempt) {
    return attempt
        .replace("PROOF", dir.resolve("proof").toString())
        .replace("NEIGHBOUR", Integer.toString(neighbour.port()));
  }

  private void nothingHappened() throws Exception {
    assertThat(dir.resolve("proof")).doesNotExist();
    assertThat(neighbour.connections).hasValue(0);
    assertThat(Files.readAllLines(dir.resolve("starts"))).hasSize((int) started);
    try (Stream<Path> left = Files.list(dir)) {
      assertThat(left.map(Path::getFileName).map(Path::toString).collect(Collectors.toSet()))
          .isEqualTo(Set.of("agent", "server.sh", "starts"));
    }
  }

  @Test
  void sessionIdsHeadersAndQueriesAreNeverMoreThanText() throws Exception {
    for (String attempt : ATTEMPTS) {
      String text = filled(attempt);
      assertThat(calls.post(text, McpCalls.request("1", "pid")).await().status()).isEqualTo(404);
      assertThat(
              calls
                  .open(
                      "POST",
                      "/mcp?" + text.replaceAll("[^!-~]|[#|`'\"<>\\\\]", "+"),
                      McpCalls.request("1", "pid"),
                      "mcp-session-id",
                      session,
                      "x-command",
                      text,
                      "last-event-id",
                      text,
                      "mcp-name",
                      text)
                  .await()
                  .status())
          .isEqualTo(200);
    }
    nothingHappened();
  }

  @Test
  void whatIsInAMessageReachesTheServerAsDataOnly() throws Exception {
    for (String attempt : ATTEMPTS) {
      String text = filled(attempt);
      String answer =
          calls
              .post(
                  session,
                  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"command\":\""
                      + text
                      + "\",\"_meta\":{\"progressToken\":\""
                      + text
                      + "\"}}}")
              .await()
              .text();
      assertThat(answer).contains("\"command\":\"" + text + "\"");
    }
    nothingHappened();
  }

  @Test
  void aLineBreakInAMessageIsNotASecondMessage() throws Exception {
    String answer =
        calls
            .post(
                session,
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n"
                    + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"die\"}")
            .await()
            .text();

    assertThat(answer).contains("-32700");
    assertThat(
            calls
                .post(session, "{\"jsonrpc\":\"2.0\",\n\"id\":1,\n\n\"method\":\"echo\"}")
                .await()
                .text())
        .contains("\"got\":{\"jsonrpc\":\"2.0\", \"id\":");
    nothingHappened();
  }

  @Test
  void anotherPersonsTokenOpensNoSessionAndAnotherServicesTokenNothing() throws Exception {
    McpCalls bob = new McpCalls(edge, link, "notes", "bob");
    assertThat(bob.post(session, McpCalls.request("1", "pid")).await().status()).isEqualTo(404);

    String elsewhere =
        edge.authority.token(
            Map.of("aud", FakeAuthority.ISSUER.resourceOf(new ServiceName("other")).value()));
    assertThat(Answer.post(link, "notes", elsewhere, McpCalls.request("1", "pid")).await().reason())
        .hasToString("token_audience_mismatch");
    nothingHappened();
  }
}
