package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.fixture.Settings;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.SteadyClock;
import dev.doorward.common.identity.ClientId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
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
    var settings =
        Settings.of(Settings.config("registration: {unused: 10}\n"), dataDir, Optional.empty());
    ground =
        new Ground(
            settings,
            database,
            SteadyClock.open(database, clock, () -> 0),
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
    List<ClientId> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(register("192.0.2.1"));
    }

    assertThat(exists(first)).isFalse();
    assertThat(List.of(honest, used)).allMatch(this::exists);
    assertThat(others).allMatch(this::exists);
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
    assertThat(ground.<Integer, RuntimeException>transact(ClientStore::countUnused)).isEqualTo(10);
  }

  @Test
  void newcomerOfAnotherNetworkRegistersInTheMiddleOfAFloodAndStays() {
    for (int i = 0; i < 20; i++) {
      register("192.0.2.1");
    }
    ClientId newcomer = register("198.51.100.2");
    for (int i = 0; i < 20; i++) {
      register("192.0.2.1");
    }

    assertThat(exists(newcomer)).isTrue();
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
