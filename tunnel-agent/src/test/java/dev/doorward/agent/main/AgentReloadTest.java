package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentChange;
import dev.doorward.transport.link.EdgeLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A changed agent.yaml counts without a restart, and only what it changes is touched. */
@Timeout(60)
class AgentReloadTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final ServiceName FILES = new ServiceName("files");

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer first;
  private FakeServer second;
  private Path home;
  private AgentProcess agent;
  private EdgeLink link;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    edge.allowed = Set.of(NOTES, FILES);
    first = new FakeServer();
    second = new FakeServer();
    home = dir.resolve("agent");
    assertThat(Running.join(edge, home).code()).isZero();
    agent = Running.start(home, yaml(1, Map.of("notes", first)));
    link = edge.awaitLink();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    first.close();
    second.close();
    edge.close();
  }

  private static String yaml(int links, Map<String, FakeServer> services) {
    StringBuilder yaml =
        new StringBuilder("links: " + links + "\nlimits:\n  drain: 3s\nservices:\n");
    services.forEach(
        (name, server) -> yaml.append("  " + name + ":\n    url: " + server.url() + "\n"));
    return yaml.toString();
  }

  private AgentChange reload(String yaml) {
    return Running.value(agent.reload(Running.config(home, yaml)));
  }

  private Answer call(String service) throws Exception {
    return Answer.post(link, service, edge.authority.token(new ServiceName(service)), "{}").await();
  }

  @Test
  void aServiceThatIsAddedIsThereOverTheSameLink() throws Exception {
    assertThat(call("files").reason()).isEqualTo(Reason.SERVICE_UNKNOWN);

    reload(yaml(1, Map.of("notes", first, "files", second)));

    Awaitility.await().until(() -> link.services().equals(Set.of(NOTES, FILES)));
    assertThat(call("files").status()).isEqualTo(200);
    assertThat(second.requests).hasSize(1);
    assertThat(edge.channels).hasSize(1);
  }

  @Test
  void aServiceThatIsTakenOutIsGoneAtOnceAndItsRunningCallGoesOn() throws Exception {
    CountDownLatch finish = new CountDownLatch(1);
    first.script((request, out, in) -> {
      finish.await();
      return FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
          .answer(request, out, in);
    });
    Answer running = Answer.post(link, "notes", edge.authority.token(NOTES), "{}");
    Awaitility.await().until(() -> !first.requests.isEmpty());

    reload(yaml(1, Map.of("files", second)));

    assertThat(call("notes").reason()).isEqualTo(Reason.SERVICE_UNKNOWN);
    Awaitility.await().until(() -> link.services().equals(Set.of(FILES)));
    finish.countDown();
    assertThat(running.await().text()).isEqualTo("ok");
    Awaitility.await().until(() -> first.closed.size() == first.connections.get());
  }

  @Test
  void anotherUrlCountsForTheNextCall() throws Exception {
    assertThat(call("notes").status()).isEqualTo(200);

    AgentChange change = reload(yaml(1, Map.of("notes", second)));

    assertThat(change.made()).containsOnlyKeys(NOTES);
    assertThat(call("notes").status()).isEqualTo(200);
    assertThat(second.requests).hasSize(1);
  }

  @Test
  void whatSaysTheSameChangesNothing() {
    AgentChange change = reload(yaml(1, Map.of("notes", first)));

    assertThat(change).isEqualTo(new AgentChange(Map.of(), Set.of(), false, false, false, false));
    assertThat(edge.channels).hasSize(1);
  }

  @Test
  void linksAreAddedAndDrainedAsTheFileSays() throws Exception {
    reload(yaml(3, Map.of("notes", first)));
    edge.awaitLink();
    edge.awaitLink();

    reload(yaml(1, Map.of("notes", first)));

    assertThat(edge.downs.poll(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(edge.downs.poll(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(call("notes").status()).isEqualTo(200);
    assertThat(agent.status().links()).hasSize(1);
  }

  @Test
  void anotherWayToDialReplacesTheLinksBeforeTheyGo() throws Exception {
    Awaitility.await().until(() -> edge.health.contains("notes=true"));
    edge.health.clear();
    reload("edge: localhost:" + edge.port() + "\n" + yaml(1, Map.of("notes", first)));

    EdgeLink fresh = edge.awaitLink();

    assertThat(fresh.accepting()).isTrue();
    Awaitility.await()
        .alias("a fresh link is told how the servers are")
        .until(() -> edge.health.contains("notes=true"));
    assertThat(edge.downs.poll(20, TimeUnit.SECONDS)).isNotNull();
    assertThat(agent.online()).isTrue();
  }

  @Test
  void aFileThatCannotCountChangesNothingAndIsTold() throws Exception {
    Path file = home.resolve("agent.yaml");
    Files.writeString(file, yaml(1, Map.of("notes", first)));
    var follower =
        new ConfigFollower(
            file,
            () -> ConfigSource.read(Optional.of(file), Optional.of(home), Map.of()),
            agent::reload);

    Files.writeString(file, "links: many\n");
    follower.look();

    assertThat(follower.notTaken().map(Problem::text).orElse("")).contains("links");
    assertThat(call("notes").status()).isEqualTo(200);

    Files.writeString(file, yaml(1, Map.of("notes", second)) + "# mended\n");
    follower.look();

    assertThat(follower.notTaken()).isEmpty();
    assertThat(call("notes").status()).isEqualTo(200);
    assertThat(second.requests).hasSize(1);
  }

  @Test
  void aFileWithoutServicesIsRefused() {
    Outcome<AgentChange> refused = agent.reload(Running.config(home, "links: 1\n"));

    assertThat(refused).isInstanceOf(Outcome.Failed.class);
    assertThat(link.accepting()).isTrue();
  }
}
