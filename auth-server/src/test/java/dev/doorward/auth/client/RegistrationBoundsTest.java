package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.registration;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What edge.yaml says about registration, and what time and restarts do to a registration. */
class RegistrationBoundsTest {
  private static final String BODY =
      "{\"redirect_uris\":[\"http://127.0.0.1/oauth/callback\"],"
          + "\"token_endpoint_auth_method\":\"none\"}";

  @TempDir Path dataDir;
  private TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
  }

  /** Opens the server anew, as lines of edge.yaml say. */
  private void open(String yaml) {
    server.close();
    server = new TestServer(dataDir, yaml);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AuthReply from(String address) {
    return server.call(
        "POST", "/register", Map.of("content-type", List.of("application/json")), BODY, address);
  }

  private int authorize(TestClient client) {
    return server.visitor().get(client.authorizeUrl("notes")).status();
  }

  @Test
  void switchedOffItIsRefusedAndNotAdvertised() {
    open("registration: {enabled: false}\n");

    AuthReply reply = registration(server, BODY);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(json(reply).get("reason").asString()).isEqualTo("registration_off");
    assertThat(
            json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""))
                .has("registration_endpoint"))
        .isFalse();
  }

  @Test
  void oneNetworkHasItsBoundAndAllOfThemTogetherHaveTheirs() {
    open("registration: {per-hour: 2, per-hour-in-all: 3}\n");

    assertThat(from("192.0.2.1").status()).isEqualTo(201);
    assertThat(from("192.0.2.1").status()).isEqualTo(201);
    assertThat(from("192.0.2.1").status()).isEqualTo(429);
    assertThat(from("192.0.2.2").status()).isEqualTo(201);
    AuthReply all = from("192.0.2.3");
    assertThat(all.status()).isEqualTo(429);
    assertThat(json(all).get("reason").asString()).isEqualTo("client_limit");

    server.clock.advance(Duration.ofHours(1));
    assertThat(from("192.0.2.3").status()).isEqualTo(201);
  }

  @Test
  void schemeThatTheOperatorTakesAwayIsRefusedAtUseToo() {
    open("registration: {app-schemes: [myapp]}\n");
    String body = BODY.replace("http://127.0.0.1/oauth/callback", "myapp://callback");
    TestClient client =
        TestClient.known(server, json(registration(server, body)).get("client_id").asString());
    Map<String, String> request = client.request("notes");
    request.put("redirect_uri", "myapp://callback");
    String url = "/authorize?" + dev.doorward.auth.fixture.Visitor.form(request);
    assertThat(server.visitor().get(url).status()).isEqualTo(303);
    open("registration: {app-schemes: []}\n");
    assertThat(registration(server, body).status()).isEqualTo(400);
    assertThat(server.visitor().get(url).status()).isEqualTo(400);
    assertThat(server.notes.last().event()).isEqualTo("client_refused");
  }

  @Test
  void survivesARestart() {
    TestClient client = TestClient.register(server);
    server.restart();

    assertThat(client.tokens("ada", "notes").has("access_token")).isTrue();
  }

  @Test
  void clientThatNobodyAllowsAnythingEndsAfterItsTime() {
    TestClient unused = TestClient.register(server);
    TestClient used = TestClient.register(server);
    used.tokens("ada", "notes");
    server.clock.advance(Duration.ofHours(24).minusMinutes(10));
    assertThat(authorize(unused)).isEqualTo(303);

    server.clock.advance(Duration.ofMinutes(10));

    assertThat(authorize(unused)).isEqualTo(400);
    assertThat(authorize(used)).isEqualTo(303);
    AuthReply token = unused.refresh("dwr_x");
    assertThat(token.status()).isEqualTo(401);
    assertThat(json(token).get("error").asString()).isEqualTo("invalid_client");
  }

  @Test
  void floodLeavesExistingClientsWorkingAndANewcomerOfAnotherNetworkToo() {
    open("registration: {unused: 20, per-hour: 100000}\n");
    TestClient existing = TestClient.register(server);
    existing.tokens("ada", "notes");
    for (int i = 0; i < 100; i++) {
      server.clock.advance(Duration.ofSeconds(1));
      assertThat(from("203.0.113.9").status()).isEqualTo(201);
    }
    TestClient newcomer = TestClient.register(server);
    for (int i = 0; i < 100; i++) {
      server.clock.advance(Duration.ofSeconds(1));
      from("203.0.113.9");
    }

    assertThat(newcomer.tokens("ada", "notes").has("access_token")).isTrue();
    assertThat(existing.tokens("ada", "notes").has("access_token")).isTrue();
  }
}
