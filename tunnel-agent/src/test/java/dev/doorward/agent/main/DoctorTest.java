package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.doctor.Doctor;
import dev.doorward.agent.doctor.Hop;
import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One failure a test: the doctor names the hop that fails, and nothing behind it. */
@Timeout(60)
class DoctorTest {
  private static final String INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\"}}";

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private Path home;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = new FakeServer();
    server.script(FakeServer.sends(answer("200 OK", INITIALIZED)));
    home = dir.resolve("agent");
    assertThat(Running.join(edge, home).code()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    edge.close();
  }

  private static String answer(String status, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: application/json\r\nLocation: http://192.0.2.1/\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private String yaml() {
    return """
    services:
      notes:
        url: %s
    limits:
      connect-timeout: 5s
    """
        .formatted(server.url());
  }

  private List<Hop> walk(String yaml) {
    return walk(yaml, InstantSource.system(), InetAddress::getAllByName);
  }

  private List<Hop> walk(String yaml, InstantSource clock, NameLookup.Resolver resolver) {
    return new Doctor(
            Running.config(home, yaml),
            Running.value(new IdentityStore(home).load()),
            clock,
            resolver,
            Map.of())
        .walk();
  }

  private static Problem bad(List<Hop> hops, String name) {
    assertThat(hops.subList(0, hops.size() - 1)).allMatch(Hop.Good.class::isInstance);
    assertThat(hops.getLast().name()).isEqualTo(name);
    return switch (hops.getLast()) {
      case Hop.Bad(String hop, Problem problem) -> problem;
      case Hop.Good(String hop, String text) -> throw new AssertionError(hop + ": " + text);
    };
  }

  @Test
  void aWayThatWorksIsWalkedToItsEnd() {
    List<Hop> hops = walk(yaml());

    assertThat(hops).allMatch(Hop.Good.class::isInstance);
    assertThat(hops)
        .extracting(Hop::name)
        .containsExactly(
            "name", "port", "tls", "certificate", "edge", "service notes", "mcp notes");
    assertThat(edge.ups).as("the probe is no link for calls").isEmpty();
  }

  @Test
  void aNameWithoutAddress() {
    Problem problem =
        bad(
            walk(
                "edge: nowhere.example:443\n" + yaml(),
                InstantSource.system(),
                host -> {
                  throw new UnknownHostException(host);
                }),
            "name");

    assertThat(problem.text()).contains("nowhere.example", "DNS");
  }

  @Test
  void aPortWhereNobodyListens() {
    edge.close();

    assertThat(bad(walk(yaml()), "port").text()).contains("firewall");
  }

  @Test
  void aServerThatSpeaksNoTls() throws Exception {
    try (FakeServer plain = new FakeServer()) {
      plain.script(FakeServer.sends("what?\r\n\r\n"));

      Problem problem = bad(walk("edge: 127.0.0.1:" + plain.port() + "\n" + yaml()), "tls");

      assertThat(problem.reason()).isEqualTo(Reason.EDGE_UNREACHABLE);
      assertThat(problem.text()).contains("TLS");
    }
  }

  @Test
  void anEdgeOfAnotherAuthority() throws Exception {
    try (FakeEdge other = new FakeEdge(new FakeAuthority(), 0)) {
      Problem problem = bad(walk("edge: 127.0.0.1:" + other.port() + "\n" + yaml()), "tls");

      assertThat(problem.reason()).isEqualTo(Reason.EDGE_NOT_TRUSTED);
    }
  }

  @Test
  void clocksThatDisagree() throws Exception {
    try (FakeEdge early = new FakeEdge(edge.authority, "127.0.0.1", 0, Duration.ofHours(2))) {
      Problem problem = bad(walk("edge: 127.0.0.1:" + early.port() + "\n" + yaml()), "tls");

      assertThat(problem.reason()).isEqualTo(Reason.CLOCK_WRONG);
      assertThat(problem.text()).contains("set the clock right");
    }
  }

  @Test
  void aCertificateThatHasEnded() {
    Problem problem =
        bad(
            walk(
                yaml(),
                InstantSource.fixed(Instant.now().plus(Duration.ofDays(8))),
                InetAddress::getAllByName),
            "certificate");

    assertThat(problem.reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
    assertThat(problem.text()).contains("doorward invite nas");
  }

  @Test
  void anEdgeThatHasRevokedThisAgent() {
    edge.refusal = new Problem(Reason.AGENT_REVOKED, "This agent was revoked on the edge.");

    Problem problem = bad(walk(yaml()), "edge");

    assertThat(problem.reason()).isEqualTo(Reason.AGENT_REVOKED);
  }

  @Test
  void anEdgeWhoseKeysTheRootDidNotSign() {
    edge.statement = edge.authority.forgedStatement(9);

    assertThat(bad(walk(yaml()), "edge").reason()).isEqualTo(Reason.KEY_STATEMENT_REFUSED);
  }

  @Test
  void aServerThatIsNotThere() throws Exception {
    server.close();

    assertThat(bad(walk(yaml()), "service notes").text()).contains("start the server");
  }

  @ParameterizedTest
  @CsvSource({
    "404 Not Found, {}, most servers use /mcp",
    "401 Unauthorized, {}, credentials of its own",
    "302 Found, {}, redirects",
    "500 Oops, {}, the status 500",
    "200 OK, <html>, not as an MCP server"
  })
  void aServerThatIsNoMcpServerHere(String status, String body, String said) {
    server.script(FakeServer.sends(answer(status, body)));

    Problem problem = bad(walk(yaml()), "mcp notes");

    assertThat(problem.reason()).isEqualTo(Reason.BACKEND_PROTOCOL_VIOLATION);
    assertThat(problem.text()).contains(said);
  }

  @Test
  void theSessionThatTheProbeBeganIsEnded() {
    server.script((request, out, in) -> {
      String answer = answer("200 OK", INITIALIZED);
      return FakeServer.sends(
              answer.replace("Content-Length", "Mcp-Session-Id: s-1\r\nContent-Length"))
          .answer(request, out, in);
    });

    assertThat(walk(yaml())).allMatch(Hop.Good.class::isInstance);

    assertThat(server.requests.getLast().head()).startsWith("DELETE /mcp ");
    assertThat(server.requests.getLast().header("mcp-session-id")).isEqualTo("s-1");
  }

  @Test
  void theCommandSaysWhatIsWrongAndFails() throws Exception {
    server.close();
    Files.writeString(home.resolve("agent.yaml"), yaml());

    Running.Said text = Running.cli("doctor", "--data-dir", home.toString());
    Running.Said json = Running.cli("doctor", "--json", "--data-dir", home.toString());

    assertThat(text.code()).isEqualTo(1);
    assertThat(text.out()).contains("ok    edge", "FAIL  service notes", "[backend_unreachable]");
    assertThat(json.out()).contains("\"ok\":false", "\"reason\":\"backend_unreachable\"");
  }

  @Test
  void aMachineThatHasNotJoinedIsTold() {
    Running.Said said = Running.cli("doctor", "--data-dir", dir.resolve("empty").toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).contains("FAIL  identity", "doorward agent join INVITE");
  }
}
