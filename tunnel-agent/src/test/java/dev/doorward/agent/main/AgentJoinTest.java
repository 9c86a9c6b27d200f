package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.agent.identity.AgentKey;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentJoinTest {
  @TempDir private Path dir;
  private FakeEdge edge;
  private Path home;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    home = dir.resolve("agent");
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void joiningStoresTheKeyForItsOwnerOnlyAndSaysWhatIsNext() throws Exception {
    Running.Said said = Running.join(edge, home, "--service", "notes=http://127.0.0.1:3000/mcp");

    assertThat(said.code()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains("the agent nas of https://edge.example", "doorward agent run --data-dir");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .isEqualTo("rw-------");
      }
    }
    assertThat(Running.cli("run", "--data-dir", home.resolve("none").toString()).err())
        .contains("No service is configured");
  }

  @Test
  void anInviteIsGoodOnce() {
    assertThat(Running.join(edge, home).code()).isZero();

    Running.Said again = Running.join(edge, dir.resolve("second"));

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("used already", "[invite_used]").hasLineCount(1);
    assertThat(dir.resolve("second/agent.key")).doesNotExist();
  }

  @Test
  void theEdgesRefusalIsWhatTheUserReads() {
    edge.enrolRefusal =
        new Problem(Reason.INVITE_EXPIRED, "This invite has expired; make a new one.");

    assertThat(Running.join(edge, home).err())
        .isEqualTo("This invite has expired; make a new one. [invite_expired]\n");
  }

  @Test
  void anotherEdgeIsToldFromTheOneThatMadeTheInvite() throws Exception {
    try (FakeEdge other = new FakeEdge()) {
      Invite mixed =
          new Invite(
              "127.0.0.1:" + other.port(),
              edge.invite().id(),
              edge.invite().secret(),
              edge.invite().ca());

      Running.Said said = Running.cli("join", mixed.encode(), "--data-dir", home.toString());

      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err())
          .contains("is not the edge that made the invite", "[invite_other_edge]")
          .hasLineCount(1);
      // The secret went nowhere: the other edge would still take it.
      assertThat(Running.join(other, dir.resolve("other")).code()).isZero();
    }
  }

  @Test
  void aWrongClockIsSaidWithBothTimesAndNotTakenForAnotherEdge() throws Exception {
    try (FakeEdge ahead = new FakeEdge(edge.authority, "127.0.0.1", 0, Duration.ofHours(3))) {
      Running.Said said = Running.join(ahead, home);

      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err())
          .containsPattern(
              "begins at 20[0-9T:Z-]+, but the clock of this machine says 20[0-9T:Z-]+;")
          .contains("[clock_wrong]")
          .hasLineCount(1);
    }
    edge.age = Duration.ofHours(-3);
    assertThat(Running.join(edge, home).err())
        .contains("[clock_wrong]", "begins at", "the clock of this machine says");
    assertThat(home.resolve("agent.key")).doesNotExist();
  }

  @Test
  void anEdgeOnAnAddressOfTheNewerKindIsJoined() throws Exception {
    try (FakeEdge v6 = new FakeEdge(edge.authority, "::1", 0, Duration.ofMinutes(-1));
        FakeServer server = new FakeServer(new ServerSocket(0, 50, InetAddress.ofLiteral("::1")))) {
      assertThat(v6.invite().edge()).startsWith("[::1]:");
      assertThat(Running.join(v6, home).code()).isZero();
      try (AgentProcess agent =
          Running.start(
              home,
              "links: 1\nservices: {notes: {url: \"http://[::1]:%d/mcp\"}}\nlimits: {drain: 1s}\n"
                  .formatted(server.port()))) {
        Answer answer =
            Answer.post(v6.awaitLink(), "notes", v6.authority.token(new ServiceName("notes")), "{}")
                .await();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(server.requests.getFirst().header("host")).isEqualTo("[::1]:" + server.port());
        assertThat(agent.online()).isTrue();
      }
    }
  }

  @Test
  void anEdgeThatIsNotThereAndAServerThatIsNoEdgeAreSaidSo() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    assertThat(join("127.0.0.1:" + nobody).err()).contains("cannot be reached", "edge_unreachable");

    try (FakeServer plain = new FakeServer()) {
      assertThat(join("127.0.0.1:" + plain.port()).err())
          .contains("not as a Doorward edge", "edge_unreachable");
    }
    assertThat(join("no.such.host.invalid:443").err())
        .contains("The name of the edge, no.such.host.invalid,", "edge_unreachable");
    assertThat(join("nonsense").err()).contains("[invite_malformed]");
  }

  private Running.Said join(String address) throws IOException {
    Path quick = dir.resolve("quick.yaml");
    Files.writeString(quick, "data-dir: %s\nlimits: {connect-timeout: 500ms}\n".formatted(home));
    Invite invite =
        new Invite(address, "i1", new Secret("x".repeat(43)), new Fingerprint("a".repeat(64)));
    return Running.cli("join", invite.encode(), "--config", quick.toString());
  }

  @Test
  void aHalfPastedInviteIsSaidSo() {
    String half = edge.invite().encode().substring(0, 60);

    Running.Said said = Running.cli("join", half, "--data-dir", home.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("[invite_malformed]").hasLineCount(1);
    assertThat(home).doesNotExist();
  }

  @Test
  void anEdgeCannotHandOverKeysThatItsCaDidNotSign() {
    edge.statement = edge.authority.forgedStatement(1);

    Running.Said said = Running.join(edge, home);

    assertThat(said.err()).contains("[key_statement_refused]");
    assertThat(home.resolve("agent.key")).doesNotExist();
  }

  @Test
  void aCertificateThatIsNotForThisAgentIsNotStored() {
    byte[] other = AgentKey.make(new SecureRandom()).request();
    Instant from = Instant.now().minusSeconds(60);
    Instant until = Instant.now().plusSeconds(3600);
    FakeAuthority stranger = new FakeAuthority();
    Map<String, List<X509Certificate>> chains =
        Map.of(
            "for another key",
            edge.authority.agent(FakeEdge.AGENT, other, from, until),
            "does not end in the CA",
            stranger.agent(FakeEdge.AGENT, other, from, until),
            "signatures are wrong",
            List.of(
                stranger.agent(FakeEdge.AGENT, other, from, until).getFirst(),
                edge.authority.root()));

    chains.forEach((why, chain) -> {
      try (FakeEdge tampering = new FakeEdge(edge.authority, 0)) {
        tampering.tamper = right -> chain;
        Running.Said said = Running.join(tampering, home);
        assertThat(said.err()).contains(why, "[edge_not_trusted]").hasLineCount(1);
        assertThat(home.resolve("agent.key")).doesNotExist();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void aCertificateUnderAnotherNameIsNotStored() throws Exception {
    edge.enrolled = new AgentId("other");

    assertThat(Running.join(edge, home).err()).contains("for another agent", "[edge_not_trusted]");
    assertThat(home.resolve("agent.key")).doesNotExist();
  }

  @Test
  void anEdgeThatDoesNotSpeakEnrolmentIsAnotherOne() throws Exception {
    try (FakeEdge mute = FakeEdge.withoutProtocols(edge.authority, 0)) {
      assertThat(Running.join(mute, home).err()).contains("[invite_other_edge]");
    }
  }

  @Test
  void wrongUseIsExitCodeTwo() {
    assertThat(Running.cli().code()).isEqualTo(2);
    assertThat(Running.cli("join").code()).isEqualTo(2);
    assertThat(Running.cli("run", "--port", "80").code()).isEqualTo(2);
    assertThat(Running.cli("--version").out()).startsWith("doorward agent ");
  }

  @Test
  void badServicesAreRefusedBeforeTheInviteIsUsed() {
    assertThat(Running.join(edge, home, "--service", "Notes=http://127.0.0.1:1/mcp").err())
        .contains("name of a service");
    assertThat(Running.join(edge, home, "--service", "notes=ftp://127.0.0.1/x").err())
        .contains("needs the URL");
    assertThat(Running.join(edge, home).code()).isZero();
  }

  @Test
  void aFileOfTheOwnersIsNotOverwritten() throws IOException {
    assertThat(Running.join(edge, home, "--service", "notes=http://127.0.0.1:1/mcp").code())
        .isZero();
    String before = Files.readString(home.resolve("agent.yaml"));

    Running.Said said = Running.join(edge, home, "--service", "notes=http://127.0.0.1:2/mcp");

    assertThat(said.err()).contains("is there already");
    assertThat(Files.readString(home.resolve("agent.yaml"))).isEqualTo(before);
  }

  @Test
  void runningBeforeJoiningSaysHowToJoin() throws IOException {
    Path file = dir.resolve("agent.yaml");
    Files.writeString(
        file, "data-dir: " + home + "\nservices: {notes: {url: \"http://127.0.0.1:3000/mcp\"}}\n");

    Running.Said said = Running.cli("run", "--config", file.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("doorward agent join").hasLineCount(1);
  }

  @Test
  void everythingThatIsWrongWithTheFileIsSaid() throws IOException {
    Path file = dir.resolve("agent.yaml");
    Files.writeString(file, "links: 9\nservces: {}\n");

    Running.Said said = Running.cli("run", "--config", file.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("links", "servces");
    assertThat(Running.cli("run", "--config", dir.resolve("none.yaml").toString()).err())
        .contains("[config_unreadable]");
  }

  @Test
  void aKeyThatOthersCanReadIsNotUsed() throws IOException {
    assertThat(Running.join(edge, home, "--service", "notes=http://127.0.0.1:1/mcp").code())
        .isZero();
    Files.setPosixFilePermissions(
        home.resolve("agent.key"), PosixFilePermissions.fromString("rw-r--r--"));

    Running.Said said = Running.cli("run", "--data-dir", home.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("[file_mode_refused]");
  }

  @Test
  void aDamagedKeyIsSaidByItsName() throws IOException {
    assertThat(Running.join(edge, home, "--service", "notes=http://127.0.0.1:1/mcp").code())
        .isZero();
    Files.writeString(home.resolve("agent.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");

    assertThat(Running.cli("run", "--data-dir", home.toString()).err())
        .contains("agent.key is damaged");
  }

  @Test
  void statusWithoutAnAgentSaysHowToStartOne() {
    Running.Said said = Running.cli("status", "--data-dir", home.toString());

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("doorward agent run", "[not_running]").hasLineCount(1);
  }
}
