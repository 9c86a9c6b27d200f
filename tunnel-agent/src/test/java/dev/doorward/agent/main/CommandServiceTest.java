package dev.doorward.agent.main;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.bridge.CommandServer;
import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.McpCalls;
import dev.doorward.agent.process.Alive;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that is a command, called over a link. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class CommandServiceTest {
  @TempDir private Path dir;
  private FakeEdge edge;
  private Path starts;
  private @Nullable AgentProcess agent;
  private EdgeLink link;
  private McpCalls ada;
  private McpCalls bob;

  @BeforeEach
  void join() throws Exception {
    edge = new FakeEdge();
    starts = dir.resolve("starts");
    assertThat(Running.join(edge, dir.resolve("agent")).code()).isZero();
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    edge.close();
  }

  /** Starts the agent with a server that behaves so, and more keys of its service. */
  private void serve(String kind, String more) throws Exception {
    Path script = CommandServer.in(dir);
    agent =
        Running.start(
            dir.resolve("agent"),
            """
            links: 1
            limits: {drain: 1s, response-head-timeout: 3s}
            services:
              notes:
                command: [sh, %s, %s, %s]
            %s
            """
                .formatted(script, kind, starts, more.indent(4)));
    link = edge.awaitLink();
    ada = new McpCalls(edge, link, "notes", "ada");
    bob = new McpCalls(edge, link, "notes", "bob");
  }

  private long started() throws Exception {
    return Files.readAllLines(starts).stream().filter("started"::equals).count();
  }

  private static List<Long> pids(String text) {
    Matcher list = Pattern.compile("\"pids?\":\\[?([0-9,]+)").matcher(text);
    assertThat(list.find()).as(text).isTrue();
    return Pattern.compile(",").splitAsStream(list.group(1)).map(Long::valueOf).toList();
  }

  @Test
  void aSessionHasAProcessOfItsOwnFromInitializeToDelete() throws Exception {
    serve("legacy", "");

    Answer opened = ada.initialize().await();
    String session = opened.headers().get("mcp-session-id");
    long pid = pids(ada.ask(session, "\"p\"", "pid")).getFirst();
    String other = bob.session();

    assertThat(opened.text()).contains("\"id\":\"i\"").contains("\"serverInfo\":{\"name\":\"sh\"");
    assertThat(opened.headers().get("content-type")).isEqualTo("application/json");
    assertThat(pids(bob.ask(other, "1", "pid"))).doesNotContain(pid);

    Answer deleted = ada.open("DELETE", "/mcp", "", "mcp-session-id", session).await();

    assertThat(deleted.status()).isEqualTo(204);
    Awaitility.await().until(() -> !Alive.is(pid));
    assertThat(ada.post(session, McpCalls.request("1", "pid")).await().status()).isEqualTo(404);
    assertThat(bob.ask(other, "2", "pid")).contains("\"id\":2");
  }

  @Test
  void aSessionIsThereForItsOwnerOnly() throws Exception {
    serve("legacy", "");
    String session = ada.session();

    assertThat(bob.post(session, McpCalls.request("1", "pid")).await().status()).isEqualTo(404);
    assertThat(bob.open("GET", "/mcp", "", "mcp-session-id", session).await().status())
        .isEqualTo(404);
    assertThat(bob.open("DELETE", "/mcp", "", "mcp-session-id", session).await().status())
        .isEqualTo(404);
    assertThat(ada.ask(session, "1", "pid")).contains("\"pid\":");
  }

  @Test
  void aMessagePassesAsItIsButForItsNumbers() throws Exception {
    serve("legacy", "");
    String session = ada.session();

    String text =
        ada.post(
                session,
                "{\n \"id\":\"x\\u00e4\",\"params\":{\"_meta\":{\"progressToken\":\"t\",\"k\":[1, 2]},"
                    + "\"a\":\"\u00e4\\n\"},\n\"jsonrpc\":\"2.0\", \"method\":\"echo\"}")
            .await()
            .text();

    assertThat(text)
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"x\\u00e4\",\"result\":{\"got\":{  \"id\":")
        .contains(",\"k\":[1, 2]},\"a\":\"\u00e4\\n\"}, \"jsonrpc\":\"2.0\", \"method\":\"echo\"}");
  }

  @Test
  void progressComesOnTheStreamOfItsRequest() throws Exception {
    serve("legacy", "");
    String session = ada.session();

    Answer answer =
        ada.post(
                session,
                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"progress\",\"params\":"
                    + "{\"_meta\":{\"progressToken\":\"mine\"}}}")
            .await();

    assertThat(answer.headers().get("content-type")).isEqualTo("text/event-stream");
    assertThat(answer.text())
        .isEqualTo(
            """
            event: message
            data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"mine","progress":1}}

            event: message
            data: {"jsonrpc":"2.0","id":5,"result":{"done":true}}

            """);
  }

  @Test
  void whatTheServerAsksIsAskedOfTheClientAndAnswered() throws Exception {
    serve("legacy", "");
    String session = ada.session();

    Answer asking = ada.post(session, McpCalls.request("1", "ask"));
    Awaitility.await().until(() -> asking.text().contains("elicitation/create"));
    Answer said =
        ada.post(session, "{\"jsonrpc\":\"2.0\",\"id\":\"q-9\",\"result\":{\"no\":1}}").await();
    ada.post(session, "{\"jsonrpc\":\"2.0\",\"id\":\"q-1\",\"result\":{\"yes\":1}}").await();

    assertThat(said.status()).isEqualTo(202);
    assertThat(asking.await().text()).contains("\"result\":{\"said\":").contains("\"yes\":1");
    assertThat(asking.text()).doesNotContain("\"no\":1");
  }

  @Test
  void whatTheServerSaysUnaskedComesOnTheStreamOfTheSession() throws Exception {
    serve("legacy", "");
    String session = ada.session();
    Answer stream = ada.open("GET", "/mcp", "", "mcp-session-id", session);
    assertThat(stream.awaitHead()).isEqualTo(200);

    String text = ada.ask(session, "1", "notice");

    assertThat(text).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    Awaitility.await().until(() -> stream.text().contains("resources/updated"));
    assertThat(stream.text()).contains("secret of one").contains("tools/list_changed");

    Answer second = ada.open("GET", "/mcp", "", "mcp-session-id", session);
    assertThat(second.awaitHead()).isEqualTo(200);
    assertThat(stream.await().reason()).isNull();
    ada.open("DELETE", "/mcp", "", "mcp-session-id", session).await();
    assertThat(second.await().reason()).isNull();
  }

  @Test
  void oneProcessServesAllAndNobodyHearsAnother() throws Exception {
    serve("legacy", "processes: shared");
    String one = ada.session();
    String two = bob.session();
    Answer heard = bob.open("GET", "/mcp", "", "mcp-session-id", two);
    assertThat(heard.awaitHead()).isEqualTo(200);

    List<Answer> hanging =
        List.of(
            ada.post(one, McpCalls.request("7", "hang")),
            bob.post(two, McpCalls.request("7", "hang")));
    for (int i = 0; i < 20; i++) {
      assertThat(ada.ask(one, "7", "echo")).startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,");
      assertThat(bob.ask(two, "\"7\"", "echo")).startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"7\",");
    }
    ada.ask(one, "8", "notice");

    Awaitility.await().until(() -> heard.text().contains("tools/list_changed"));
    assertThat(heard.text()).doesNotContain("secret of one", "resources/updated");
    assertThat(hanging).allMatch(answer -> answer.text().isEmpty());
    assertThat(pids(ada.ask(one, "1", "pid"))).isEqualTo(pids(bob.ask(two, "1", "pid")));
    assertThat(started()).isOne();
  }

  @Test
  void aSharedServerThatAsksIsToldThatNobodyCanAnswer() throws Exception {
    serve("legacy", "processes: shared");
    String session = ada.session();

    assertThat(ada.ask(session, "1", "ask")).contains("\"said\":").contains("-32601");
  }

  @Test
  void aModernCallerNeedsNoSessionAndHearsTheNewRevision() throws Exception {
    serve("rude", "");

    String discovered = ada.modern(1, "server/discover", "").await().text();
    String listed = ada.modern(2, "tools/list", "").await().text();
    Answer unknown = ada.modern(3, "no/such", "").await();

    assertThat(discovered)
        .contains("\"supportedVersions\":[\"2026-07-28\"]")
        .contains("\"capabilities\":{\"tools\":{}}")
        .contains("\"instructions\":\"be kind\"");
    assertThat(listed)
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"resultType\":\"complete\",\"ttlMs\":0,"
                + "\"cacheScope\":\"private\",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":"
                + "{\"name\":\"sh\",\"version\":\"1\"}},\"tools\":[]}}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(started()).isEqualTo(2); // once it ended at server/discover, and never again
    assertThat(pids(ada.modern(4, "pid", "").await().text()))
        .isNotEqualTo(pids(bob.modern(5, "pid", "").await().text()));
    assertThat(ada.open("GET", "/mcp", "", "mcp-protocol-version", "2026-07-28").await().status())
        .isEqualTo(405);
  }

  @Test
  void aModernServerIsSpokenToAsItIsAndLegacyCallersAreToldSo() throws Exception {
    serve("modern", "processes: shared");

    assertThat(ada.modern(1, "tools/list", "").await().text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[]}}");
    assertThat(bob.initialize().await().text()).contains("-32022").contains("2026-07-28");
  }

  @Test
  void aModernCallerThatGoesCancelsItsRequest() throws Exception {
    serve("modern", "processes: shared");
    ada.modern(1, "tools/list", "").await();

    Answer hanging = ada.modern(2, "hang", "");
    ada.modern(3, "tools/list", "").await();
    hanging.handle().cancel();

    Awaitility.await().until(() -> Files.readString(starts).contains("cancelled "));
    assertThat(ada.modern(4, "tools/list", "").await().status()).isEqualTo(200);
  }

  @Test
  void aListenerHearsOfListsThatChanged() throws Exception {
    serve("legacy", "processes: shared");

    Answer listening =
        ada.modern(1, "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true},");
    Awaitility.await().until(() -> listening.text().contains("acknowledged"));
    bob.modern(2, "notice", "").await();

    Awaitility.await().until(() -> listening.text().contains("notifications/tools/list_changed"));
    assertThat(listening.text())
        .contains("\"io.modelcontextprotocol/subscriptionId\":1")
        .doesNotContain("secret of one");
  }

  @Test
  void aServerThatDiesFailsItsCallsAtOnceAndTheSessionIsGone() throws Exception {
    serve("legacy", "");
    String session = ada.session();
    Answer hanging = ada.post(session, McpCalls.request("1", "hang"));
    Answer stream = ada.open("GET", "/mcp", "", "mcp-session-id", session);
    stream.awaitHead();

    Answer dying = ada.post(session, McpCalls.request("2", "die")).await();

    assertThat(dying.reason()).isEqualTo(Reason.BACKEND_ABORTED);
    assertThat(hanging.await().reason()).isEqualTo(Reason.BACKEND_ABORTED);
    assertThat(stream.await().reason()).isNull();
    assertThat(ada.post(session, McpCalls.request("3", "pid")).await().status()).isEqualTo(404);
    assertThat(ada.ask(ada.session(), "4", "pid")).contains("\"pid\":");
  }

  @Test
  void aSharedServerThatDiesIsStartedAgainAfterAWhile() throws Exception {
    serve("legacy", "processes: shared");
    String session = ada.session();

    ada.post(session, McpCalls.request("1", "die")).await();
    Answer atOnce = ada.post(session, McpCalls.request("2", "pid")).await();

    assertThat(atOnce.reason()).isEqualTo(Reason.BACKEND_ABORTED);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> ada.ask(session, "3", "pid").contains("\"pid\":"));
    assertThat(started()).isEqualTo(2);
  }

  @Test
  void whatIsNoMessageIsLeftOutAndStandardErrorIsNotTheAnswer() throws Exception {
    serve("legacy", "");

    assertThat(ada.ask(ada.session(), "1", "junk"))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
  }

  @Test
  void aMessageBeyondItsLimitEndsTheProcessOrIsRefused() throws Exception {
    serve("legacy", "limits: {message: 64KiB}");
    String session = ada.session();

    Answer large =
        ada.post(
                session,
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"a\":\""
                    + "x".repeat(70_000)
                    + "\"}}")
            .await();
    Answer longAnswer = ada.post(session, McpCalls.request("2", "long")).await();

    assertThat(large.status()).isEqualTo(413);
    assertThat(longAnswer.reason()).isEqualTo(Reason.BACKEND_PROTOCOL_VIOLATION);
  }

  @Test
  void moreProcessesThanTheLimitAreRefusedUnlessOneIsUnused() throws Exception {
    serve("legacy", "limits: {processes: 1}");
    String one = ada.session();
    Answer inUse = ada.open("GET", "/mcp", "", "mcp-session-id", one);
    inUse.awaitHead();

    assertThat(bob.initialize().await().reason()).isEqualTo(Reason.OVERLOADED);

    inUse.handle().cancel();
    Awaitility.await().until(() -> bob.initialize().await().status() == 200);
    assertThat(ada.post(one, McpCalls.request("1", "pid")).await().status()).isEqualTo(404);
  }

  @Test
  void theEnvironmentIsWhatTheFileAllows() throws Exception {
    serve("legacy", "environment: [COLOUR=blue, LD_LIBRARY_PATH_NOT_SET]");

    String environment = ada.ask(ada.session(), "1", "env");

    assertThat(environment).contains("COLOUR=blue").contains("PATH=");
    for (String name : System.getenv().keySet()) {
      if (!List.of(
                  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR",
                  "PWD")
              .contains(name)
          && name.length() > 4) {
        assertThat(environment).doesNotContain(";" + name + "=").doesNotContain("_" + name + "=");
      }
    }
  }

  @Test
  void whatIsNoMcpCallIsRefusedWithoutAProcess() throws Exception {
    serve("legacy", "");

    assertThat(ada.open("POST", "/mcp", "{\"a\":1}").await().status()).isEqualTo(400);
    assertThat(ada.open("POST", "/mcp", "{").await().status()).isEqualTo(400);
    assertThat(ada.open("POST", "/mcp", McpCalls.request("1", "pid")).await().status())
        .isEqualTo(400);
    assertThat(
            ada.open(
                    "POST",
                    "/mcp",
                    McpCalls.request("1", "pid"),
                    "mcp-session-id",
                    "$(touch /tmp/x)")
                .await()
                .status())
        .isEqualTo(404);
    assertThat(ada.open("GET", "/mcp", "").await().status()).isEqualTo(405);
    assertThat(
            ada.open(
                    "POST",
                    "/mcp",
                    "{\"jsonrpc\":\"2.0\",\"\\u0069d\":1,\"method\":\"initialize\"}")
                .await()
                .status())
        .isEqualTo(400);
    assertThat(starts).doesNotExist();
  }

  @Test
  void allProcessesEndWithTheAgentAndWhatTheyStartedToo() throws Exception {
    serve("legacy", "");
    List<Long> pids = pids(ada.ask(ada.session(), "1", "spawn"));
    assertThat(pids).hasSize(3).allMatch(Alive::is);

    if (agent != null) {
      agent.close();
      agent = null;
    }

    Awaitility.await().until(() -> pids.stream().noneMatch(Alive::is));
  }

  @Test
  void aCommandThatIsNotThereIsSaid() throws Exception {
    agent =
        Running.start(
            dir.resolve("agent"),
            "links: 1\nlimits: {drain: 1s}\nservices: {notes: {command: [no-such-program]}}\n");
    link = edge.awaitLink();
    ada = new McpCalls(edge, link, "notes", "ada");

    assertThat(edge.health.take()).isEqualTo("notes=false");
    assertThat(ada.initialize().await().reason()).isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(new String(agent.status().json(), UTF_8)).contains("no-such-program was not found");
  }
}
