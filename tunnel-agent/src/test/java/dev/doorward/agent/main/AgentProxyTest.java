package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.doctor.Doctor;
import dev.doorward.agent.doctor.Hop;
import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeProxy;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A network that lets nothing out but through its proxy, which alone knows the edge's name. */
@Timeout(60)
class AgentProxyTest {
  private static final NameLookup.Resolver NO_NAMES =
      host -> {
        throw new UnknownHostException(host);
      };

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private FakeProxy proxy;
  private Path home;
  private @Nullable AgentProcess agent;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = new FakeServer();
    proxy = new FakeProxy(edge.port());
    home = dir.resolve("agent");
  }

  @AfterEach
  void stop() throws Exception {
    if (agent != null) {
      agent.close();
    }
    proxy.close();
    server.close();
    edge.close();
  }

  private String yaml(String login) {
    return """
    edge: edge.office.example:443
    links: 1
    proxy: http://%s127.0.0.1:%d
    services:
      notes:
        url: %s
    limits:
      drain: 1s
      connect-timeout: 2s
    """
        .formatted(login, proxy.port(), server.url());
  }

  private AgentProcess run(String login) {
    AgentProcess started =
        Running.value(
            AgentProcess.start(
                Running.config(home, yaml(login)), InstantSource.system(), NO_NAMES));
    agent = started;
    return started;
  }

  @Test
  void joiningAndLinksGoThroughTheProxy() throws Exception {
    Path file = dir.resolve("agent.yaml");
    Files.writeString(file, "data-dir: agent\n" + yaml("ada:p%40ss@"));
    assertThat(Running.cli("join", edge.invite().encode(), "--config", file.toString()).code())
        .isZero();
    assertThat(proxy.heads.getFirst())
        .startsWith("CONNECT 127.0.0.1:" + edge.port() + " HTTP/1.1\r\n")
        .contains("Proxy-Authorization: Basic YWRhOnBAc3M=\r\n");

    run("ada:p%40ss@");

    EdgeLink link = edge.awaitLink();
    assertThat(proxy.heads.getLast())
        .startsWith("CONNECT edge.office.example:443 HTTP/1.1\r\nHost: edge.office.example:443\r\n")
        .contains("Proxy-Authorization: Basic YWRhOnBAc3M=\r\n");
    Answer answer =
        Answer.post(link, "notes", edge.authority.token(new ServiceName("notes")), "{}").await();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(proxy.heads).as("services are reached directly").hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 407 Authenticate, wants a user name and a password",
    "HTTP/1.1 403 No, forbids connections to edge.office.example:443",
    "HTTP/1.1 502 Bad, cannot reach edge.office.example:443 itself",
    "HTTP/1.1 302 Found, answered 302",
    "SSH-2.0-x, does not answer as an HTTP proxy",
    "HTTP/1.1 2000 OK, does not answer as an HTTP proxy"
  })
  void aProxyThatOpensNoTunnelIsNamed(String status, String said) throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    proxy.answer(status + "\r\n\r\n");

    AgentProcess running = run("");

    Awaitility.await().until(() -> running.status().links().getFirst().lastProblem().isPresent());
    Problem problem = running.status().links().getFirst().lastProblem().orElseThrow();
    assertThat(problem.reason()).isEqualTo(Reason.PROXY_FAILED);
    assertThat(problem.text()).contains("127.0.0.1:" + proxy.port(), said);
    assertThat(edge.channels).isEmpty();
  }

  @Test
  void aProxyThatIsSilentOrSpeaksIntoTheTunnelOrTooMuchIsGivenUp() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    AgentProcess running = run("");
    edge.awaitLink();
    for (Map.Entry<String, String> each :
        Map.of(
                "",
                "in time",
                "HTTP/1.1 200 OK\r\n\r\nhello",
                "spoke into the tunnel",
                "HTTP/1.1 200 OK\r\nx: " + "y".repeat(9000),
                "does not answer as")
            .entrySet()) {
      proxy.answer(each.getKey());

      edge.ups.clear();
      edge.channels.forEach(channel -> channel.close());

      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .untilAsserted(() ->
              assertThat(running.status().links().getFirst().lastProblem().orElseThrow().text())
                  .contains(each.getValue()));
    }
  }

  @Test
  void theDoctorNamesTheProxy() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    proxy.answer("HTTP/1.1 407 Authenticate\r\n\r\n");
    Doctor doctor =
        new Doctor(
            Running.config(home, yaml("")),
            Running.value(new IdentityStore(home).load()),
            InstantSource.system(),
            NO_NAMES,
            Map.of());

    Hop last = doctor.walk().getLast();

    assertThat(last.name()).isEqualTo("proxy");
    assertThat(last).isInstanceOf(Hop.Bad.class);
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    proxy.close();

    AgentProcess running = run("");

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(running.status().links().getFirst().lastProblem().orElseThrow().text())
                .contains("HTTP proxy 127.0.0.1:" + proxy.port(), "cannot be reached"));
  }
}
