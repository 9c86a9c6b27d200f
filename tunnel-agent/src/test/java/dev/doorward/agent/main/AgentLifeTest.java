package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.tls.AgentCertificate;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class AgentLifeTest {
  private static final ServiceName NOTES = new ServiceName("notes");

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private Path home;
  private @Nullable AgentProcess agent;
  private @Nullable Fingerprint joined;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = new FakeServer();
    home = dir.resolve("agent");
  }

  @AfterEach
  void stop() throws Exception {
    if (agent != null) {
      agent.close();
    }
    server.close();
    edge.close();
  }

  private AgentProcess run(int links) {
    if (!Files.exists(home)) {
      assertThat(Running.join(edge, home).code()).isZero();
    }
    agent = Running.start(home, yaml(links));
    return agent;
  }

  private String yaml(int links) {
    return """
    links: %d
    services:
      notes:
        url: %s
      extra:
        url: http://127.0.0.1:9/mcp
    limits:
      drain: 3s
    """
        .formatted(links, server.url());
  }

  private Answer call(EdgeLink link) throws Exception {
    return Answer.post(link, "notes", edge.authority.token(NOTES), "{}").await();
  }

  @Test
  void twoLinksComeUpAndStatusTellsOfThem() throws Exception {
    run(2);
    edge.awaitLink();
    EdgeLink second = edge.awaitLink();
    assertThat(second.services()).containsExactly(NOTES);
    assertThat(call(second).status()).isEqualTo(200);

    Awaitility.await()
        .until(() -> Running.cli("status", "--data-dir", home.toString()).out().contains("online"));
    Running.Said json = Running.cli("status", "--json", "--data-dir", home.toString());
    Running.Said text = Running.cli("status", "--data-dir", home.toString());

    assertThat(json.code()).isZero();
    assertThat(json.out())
        .contains(
            "\"agent\":\"nas\"",
            "\"online\":true",
            "\"state\":\"up\"",
            "\"name\":\"notes\"",
            "\"granted\":true",
            "\"public_url\":\"https://edge.example/notes/mcp\"",
            "\"certificate_ends\":",
            "\"key_exchange\":\"X25519MLKEM768\"");
    assertThat(text.out())
        .contains("agent nas of https://edge.example, online", "service notes -> " + server.url())
        .contains("not granted by the edge", "key exchange X25519MLKEM768", "round trip ");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve(StatusSocket.NAME))))
        .isEqualTo("rw-------");
  }

  @Test
  void healthAndMetricsAreToldOnTheSocket() throws Exception {
    run(1);
    EdgeLink link = edge.awaitLink();
    assertThat(call(link).status()).isEqualTo(200);
    assertThat(Answer.post(link, "notes", "no-token", "{}").await().reason()).isNotNull();

    Awaitility.await().until(() -> asked("/v1/health").startsWith("HTTP/1.1 200 "));
    String metrics = Running.cli("status", "--metrics", "--data-dir", home.toString()).out();

    assertThat(metrics)
        .contains(
            "doorward_agent_online 1\n",
            "doorward_agent_link_up{link=\"0\"} 1\n",
            "doorward_agent_link_rtt_seconds{link=\"0\"} ",
            "doorward_agent_service_up{service=\"notes\"} 1\n",
            "doorward_agent_calls_total{service=\"notes\"} 2\n",
            "doorward_agent_calls_refused_total{reason=\"token_malformed\"} 1\n",
            "doorward_agent_certificate_end_seconds ");
    edge.close();
    Awaitility.await().until(() -> asked("/v1/health").startsWith("HTTP/1.1 503 "));
    assertThat(asked("/other")).startsWith("HTTP/1.1 404 ");
  }

  private String asked(String path) throws Exception {
    try (SocketChannel socket =
        SocketChannel.open(UnixDomainSocketAddress.of(home.resolve(StatusSocket.NAME)))) {
      socket.write(
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void aSecondAgentOnTheSameDirectoryIsRefused() {
    run(1);

    assertThat(Running.cli("run", "--data-dir", home.toString()).err())
        .contains("No service is configured");
    assertThat(Running.join(edge, home).err()).contains("in use by the process", "[store_locked]");
  }

  @Test
  void aLinkThatIsCutComesBackAndTheOtherOneServesMeanwhile() throws Exception {
    run(2);
    EdgeLink first = edge.awaitLink();
    EdgeLink second = edge.awaitLink();
    Channel cut = edge.channels.take();

    cut.close();

    assertThat(edge.downs.poll(10, TimeUnit.SECONDS)).isNotNull();
    EdgeLink alive = first.accepting() ? first : second;
    assertThat(call(alive).status()).isEqualTo(200);
    assertThat(call(edge.awaitLink()).status()).isEqualTo(200);
  }

  @Test
  void anEdgeThatComesBackIsFoundAgain() throws Exception {
    run(1);
    edge.awaitLink();
    int port = edge.port();
    edge.close();
    Awaitility.await().until(() -> agent != null && !agent.online());

    edge = new FakeEdge(edge.authority, port);

    assertThat(call(edge.awaitLink()).status()).isEqualTo(200);
  }

  @Test
  void anotherEdgeInTheSamePlaceGetsNothing() throws Exception {
    run(1);
    edge.awaitLink();
    int port = edge.port();
    edge.close();

    edge = new FakeEdge(new dev.doorward.agent.fake.FakeAuthority(), port);

    Awaitility.await()
        .until(() ->
            Running.cli("status", "--data-dir", home.toString())
                .out()
                .contains("is not the edge that this agent joined"));
    assertThat(edge.ups).isEmpty();
  }

  @Test
  void anEdgeThatHasBecomeAnotherIssuerGetsNoLink() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    edge.issuer = "https://other.example";

    run(1);

    awaitStatus("\"last_reason\":\"edge_not_trusted\"");
    assertThat(edge.ups).isEmpty();
  }

  @Test
  void anEdgeThatDoesNotSpeakTheLinksProtocolIsAnotherOne() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    int port = edge.port();
    edge.close();
    edge = FakeEdge.withoutProtocols(edge.authority, port);

    run(1);

    awaitStatus("\"last_reason\":\"edge_not_trusted\"");
  }

  private void awaitStatus(String part) {
    Awaitility.await()
        .until(() ->
            Running.cli("status", "--json", "--data-dir", home.toString()).out().contains(part));
  }

  @Test
  void anEdgeThatDrainsGetsANewLinkBeforeTheOldOneGoes() throws Exception {
    CountDownLatch finish = new CountDownLatch(1);
    server.script((request, out, in) -> {
      finish.await();
      return FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          .answer(request, out, in);
    });
    run(1);
    EdgeLink old = edge.awaitLink();
    Answer running = Answer.post(old, "notes", edge.authority.token(NOTES), "{}");
    Awaitility.await().until(() -> !server.requests.isEmpty());

    old.drain();

    EdgeLink fresh = edge.awaitLink();
    assertThat(fresh.accepting()).isTrue();
    finish.countDown();
    assertThat(running.await().text()).isEqualTo("ok");
    assertThat(edge.downs.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(call(fresh).status()).isEqualTo(200);
  }

  @Test
  void anAgentThatStopsFinishesWhatRuns() throws Exception {
    CountDownLatch finish = new CountDownLatch(1);
    server.script((request, out, in) -> {
      finish.await();
      return FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          .answer(request, out, in);
    });
    AgentProcess running = run(1);
    EdgeLink link = edge.awaitLink();
    Answer answer = Answer.post(link, "notes", edge.authority.token(NOTES), "{}");
    Awaitility.await().until(() -> !server.requests.isEmpty());

    Thread stopping = Thread.ofVirtual().start(running::close);
    Awaitility.await().until(() -> !link.accepting());
    finish.countDown();

    assertThat(answer.await().text()).isEqualTo("ok");
    stopping.join();
    agent = null;
    assertThat(home.resolve(StatusSocket.NAME)).doesNotExist();
  }

  @Test
  void revocationIsSaidOnceAndTriedSlowly() throws Exception {
    run(1);
    EdgeLink link = edge.awaitLink();
    edge.refusal = new Problem(Reason.AGENT_REVOKED, "This agent was revoked on the edge.");

    edge.acceptor().recheck();

    Awaitility.await()
        .until(() ->
            Running.cli("status", "--json", "--data-dir", home.toString())
                .out()
                .contains("\"last_reason\":\"agent_revoked\""));
    assertThat(link.accepting()).isFalse();
    assertThat(edge.acceptor().open()).isZero();
  }

  @Test
  void anOlderKeyStatementIsNotTakenAfterARestart() throws Exception {
    edge.statement = edge.authority.statement(7);
    run(1);
    edge.awaitLink();
    closeAgent();
    edge.statement = edge.authority.statement(6);

    run(1);

    Awaitility.await()
        .until(() ->
            Running.cli("status", "--json", "--data-dir", home.toString())
                .out()
                .contains("\"last_reason\":\"key_statement_refused\""));
    assertThat(edge.ups).isEmpty();
  }

  @Test
  void keysThatTheCaDidNotSignCloseTheLink() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    edge.statement = edge.authority.forgedStatement(9);

    run(1);

    Awaitility.await()
        .until(() ->
            Running.cli("status", "--json", "--data-dir", home.toString())
                .out()
                .contains("key_statement_refused"));
    assertThat(edge.ups).isEmpty();
  }

  @Test
  void statementsThatComeLaterChangeWhatIsAccepted() throws Exception {
    run(1);
    EdgeLink link = edge.awaitLink();
    assertThat(call(link).status()).isEqualTo(200);

    edge.statement = edge.authority.statement(2, Instant.now().plusSeconds(2));
    edge.acceptor().announceKeys();

    // The newest statement has ended, so no token holds any more.
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> call(link).reason() == Reason.TOKEN_KEY_UNKNOWN);
  }

  @Test
  void theCertificateIsRenewedAndTheLinksMoveOverWithoutALoss() throws Exception {
    edge.life = Duration.ofMinutes(10);
    edge.age = Duration.ofMinutes(50);
    AgentProcess running = run(2);
    EdgeLink old = edge.awaitLink();
    edge.awaitLink();
    Instant before = running.status().certificateEnds();
    edge.life = Duration.ofDays(7);
    edge.age = Duration.ofMinutes(1);

    running.renewNow();

    EdgeLink fresh = edge.awaitLink();
    edge.awaitLink();
    assertThat(edge.renewals).hasValue(1);
    assertThat(running.status().certificateEnds()).isAfter(before.plus(Duration.ofDays(6)));
    assertThat(fresh.key()).isEqualTo(old.key());
    assertThat(call(fresh).status()).isEqualTo(200);
    Awaitility.await().until(() -> edge.downs.size() == 2);
    running.renewNow();
    assertThat(edge.renewals).hasValue(1);
  }

  /** Joins, and starts an agent whose clock says that its certificate ended a day ago. */
  private AgentProcess asleep() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    joined =
        AgentCertificate.keyOf(Running.value(new IdentityStore(home).load()).chain().getFirst());
    Instant later = Instant.now().plus(Duration.ofDays(8));
    edge.life = Duration.ofDays(30);
    edge.statement = edge.authority.statement(2, later.plus(Duration.ofDays(7)));
    AgentProcess started =
        Running.value(
            AgentProcess.start(Running.config(home, yaml(2)), InstantSource.fixed(later)));
    agent = started;
    return started;
  }

  @Test
  void anAgentThatSleptPastTheEndOfItsCertificateComesBackWithTheSameKey() throws Exception {
    AgentProcess running = asleep();

    EdgeLink link = edge.awaitLink();
    edge.awaitLink();

    assertThat(edge.revivals).as("one request for both links").hasSize(1);
    assertThat(running.status().certificateEnds()).isAfter(Instant.now().plus(Duration.ofDays(29)));
    assertThat(link.key()).isEqualTo(joined);
  }

  @Test
  void anAgentThatSleptTooLongIsToldWhatToDo() throws Exception {
    assertThat(Running.join(edge, home).code()).isZero();
    edge.enrolRefusal = new Problem(Reason.CERTIFICATE_EXPIRED, "Too long ago; make a new invite.");
    agent =
        Running.value(
            AgentProcess.start(
                Running.config(home, yaml(1)),
                InstantSource.fixed(Instant.now().plus(Duration.ofDays(8)))));

    awaitStatus("Too long ago; make a new invite.");
    awaitStatus("\"last_reason\":\"certificate_expired\"");
    assertThat(edge.revivals).hasSize(1);
    assertThat(edge.channels).isEmpty();
  }

  @Test
  void servicesThatTheEdgeDoesNotGrantAreNotOffered() throws Exception {
    edge.allowed = Set.of();
    run(1);

    EdgeLink link = edge.awaitLink();

    assertThat(link.services()).isEmpty();
    assertThat(Running.cli("status", "--data-dir", home.toString()).out())
        .contains("not granted by the edge");
  }

  @Test
  void aStreamEndsAtTheServerWhenTheLinkIsLost() throws Exception {
    server.script((request, out, in) -> {
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      out.flush();
      in.read();
      return false;
    });
    run(1);
    EdgeLink link = edge.awaitLink();
    Answer answer =
        Answer.open(
            link, "notes", edge.authority.token(NOTES), "GET", "/mcp", new DefaultHttpHeaders());
    assertThat(answer.awaitHead()).isEqualTo(200);
    int connection = server.requests.getFirst().connection();

    link.close(Reason.LINK_FAILED);

    Awaitility.await().until(() -> server.closed.contains(connection));
    assertThat(answer.await().reason()).isEqualTo(Reason.LINK_FAILED);
  }

  private void closeAgent() {
    if (agent != null) {
      agent.close();
      agent = null;
    }
    edge.ups.clear();
  }
}
