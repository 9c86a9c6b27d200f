package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.ClientRules;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.fixture.Settings;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Mint;
import dev.doorward.common.identity.ClientId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many clients are kept that nobody has allowed anything. */
class ClientCapTest {
  @TempDir Path dataDir;
  private final SetClock clock = new SetClock();
  private Database database;
  private Ground ground;
  private RegisterEndpoint endpoint;

  @BeforeEach
  void open() {
    database = Database.open(dataDir);
    Duration day = Duration.ofDays(1);
    var rules = new ClientRules(Settings.config("").clientDocuments(), 4);
    var settings =
        new AuthSettings(TestServer.ISSUER, dataDir, Optional.empty(), day, day, day, rules);
    ground =
        new Ground(
            settings,
            database,
            clock,
            new Mint(new SecureRandom()),
            new Journal(new Notes(), clock));
    endpoint = new RegisterEndpoint(ground);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void oldestUnusedOfTheNetworkWithMostOfThemGoesFirst() {
    ClientId honest = register("198.51.100.1");
    ClientId used = register("192.0.2.1");
    ground.change(h -> ClientStore.markUsed(h, used, clock.instant()));
    ClientId first = register("192.0.2.1");
    ClientId second = register("192.0.2.1");
    ClientId third = register("192.0.2.1");

    ClientId fourth = register("192.0.2.1");

    assertThat(exists(first)).isFalse();
    assertThat(List.of(honest, used, second, third, fourth)).allMatch(this::exists);
  }

  @Test
  void floodLeavesUsedClientsAndThoseOfOthersAlone() {
    ClientId used = register("198.51.100.1");
    ground.change(h -> ClientStore.markUsed(h, used, clock.instant()));
    ClientId honest = register("198.51.100.2");
    for (int i = 0; i < 40; i++) {
      register("192.0.2.1");
    }

    assertThat(exists(used)).isTrue();
    assertThat(exists(honest)).isTrue();
    assertThat(ground.<Integer, RuntimeException>transact(ClientStore::countUnused)).isEqualTo(4);
  }

  private ClientId register(String address) {
    clock.advance(Duration.ofSeconds(1));
    AuthReply reply = endpoint.register(call(address));
    assertThat(reply.status()).isEqualTo(201);
    return new ClientId(json(reply).get("client_id").asString());
  }

  private static AuthCall call(String address) {
    try {
      return new AuthCall(
          "POST",
          "/register",
          null,
          Map.of("content-type", List.of("application/json")),
          "{\"redirect_uris\":[\"http://127.0.0.1/\"]}".getBytes(StandardCharsets.UTF_8),
          InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private boolean exists(ClientId id) {
    return ground.transact(h -> ClientStore.find(h, id)).isPresent();
  }
}
