package dev.doorward.auth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.RefreshStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed (SIGKILL) at random moments under load: whatever a client was told is
 * there afterwards, and what was taken back stays taken back. Three rounds here; {@code
 * -Ddoorward.crash.rounds=100} for as many as docs/performance.md tells of.
 */
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("doorward.crash.rounds", 3);
  private static final int KEPT = 10;
  private static final int MOST_LINES = 30;
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @TempDir Path dataDir;
  private final Random random = new Random(11);
  private final Set<String> clients = new LinkedHashSet<>();

  /** The newest refresh token of each grant that lives, with its client. */
  private final Map<String, String> alive = new LinkedHashMap<>();

  private final Map<String, String> revoked = new LinkedHashMap<>();
  private int told;

  @Test
  void nothingThatAClientWasToldIsLost() throws Exception {
    Path data = dataDir.resolve("data");
    new TestServer(data).close();
    for (int round = 0; round < ROUNDS; round++) {
      runAndKill(data, round);
      verify(data, round);
    }
    assertThat(told).isGreaterThan(ROUNDS);
    System.out.println(
        "killed "
            + ROUNDS
            + " times: "
            + told
            + " acknowledged changes, "
            + clients.size()
            + " clients, "
            + alive.size()
            + " grants alive, "
            + revoked.size()
            + " revoked; none lost, none revived");
  }

  private void runAndKill(Path data, int round) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashChild.class.getName(),
                data.toString(),
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = child.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.equals("ready")) {
        note(line);
        line = out.readLine();
      }
      assertThat(line).as("the child begins").isNotNull();
      int more = random.nextInt(MOST_LINES);
      for (line = out.readLine(); line != null; line = out.readLine()) {
        note(line);
        if (more-- == 0) {
          LockSupport.parkNanos((long) (random.nextDouble() * MOST_NANOS));
          child.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(child.waitFor()).isEqualTo(137);
  }

  /**
   * A line that was cut short has fewer words, or a token of another length: it counts for nothing.
   */
  private void note(String line) {
    String[] words = line.split(" ", -1);
    if (words.length < 2 || words[words.length - 1].length() < 20) {
      return;
    }
    switch (words[0]) {
      case "client" -> clients.add(words[1]);
      case "grant" -> alive.put(words[2], words[1]);
      case "refresh" -> {
        if (words.length == 4) {
          alive.remove(words[2]);
          alive.put(words[3], words[1]);
        }
      }
      case "revoking" -> {
        alive.remove(words[1]);
        return;
      }
      case "revoke" -> revoked.put(words[2], words[1]);
      default -> throw new AssertionError(line);
    }
    told++;
  }

  private static boolean isThere(TestServer server, String token) {
    return server
        .database()
        .jdbi()
        .withHandle(h -> RefreshStore.find(h, SecretHash.of(token)).isPresent());
  }

  private void verify(Path data, int round) {
    try (var server = new TestServer(data)) {
      for (String id : clients) {
        assertThat(
                server
                    .database()
                    .jdbi()
                    .withHandle(h -> ClientStore.find(h, new ClientId(id)))
                    .isPresent())
            .as("client after round %d", round)
            .isTrue();
      }
      Map<String, String> next = new LinkedHashMap<>();
      alive.forEach((token, id) -> {
        TestClient client = TestClient.known(server, id);
        var reply = client.refresh(token);
        assertThat(reply.status()).as("grant after round %d", round).isEqualTo(200);
        String newest = TestClient.json(reply).get("refresh_token").asString();
        if (next.size() < KEPT) {
          next.put(newest, id);
        } else {
          client.post("/revoke", Map.of("token", newest, "client_id", id));
          revoked.put(newest, id);
        }
      });
      alive.clear();
      alive.putAll(next);
      if (round % 10 == 0 || round == ROUNDS - 1) {
        revoked.forEach((token, client) ->
            assertThat(isThere(server, token))
                .as("revoked by %s, after round %d", client, round)
                .isFalse());
      }
    }
  }
}
