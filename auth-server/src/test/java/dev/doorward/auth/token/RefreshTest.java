package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.store.Lives;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rotation of refresh tokens: races, lost answers, theft. */
class RefreshTest {
  private static final Duration GRACE = Lives.standard().refreshGrace();

  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private JsonNode tokens;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    tokens = client.tokens("ada", "notes");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String refreshToken() {
    return tokens.get("refresh_token").asString();
  }

  @Test
  void rotatesEachTimeWithinOneGrant() {
    AccessToken before = server.verified(tokens.get("access_token").asString(), "notes");
    server.clock.advance(Duration.ofMinutes(9));

    JsonNode next = json(client.refresh(refreshToken()));

    assertThat(next.get("refresh_token").asString())
        .startsWith("dwr_")
        .isNotEqualTo(refreshToken());
    AccessToken after = server.verified(next.get("access_token").asString(), "notes");
    assertThat(after.grant()).isEqualTo(before.grant());
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(json(client.refresh(next.get("refresh_token").asString())).has("access_token"))
        .isTrue();
  }

  @Test
  void lostAnswerIsGivenAgainWithinTheGrace() {
    AuthReply first = client.refresh(refreshToken());
    server.clock.advance(GRACE.minusMillis(1));

    AuthReply again = client.refresh(refreshToken());

    assertThat(again.status()).isEqualTo(200);
    assertThat(text(again)).isEqualTo(text(first));
  }

  @Test
  void lostAnswerIsGivenAgainAfterAPowerCutInBetween(@TempDir Path elsewhere) {
    AuthReply first = client.refresh(refreshToken());
    try (TestServer other = server.powerCut(elsewhere.resolve("copy"))) {
      AuthReply again =
          other.call(
              "POST",
              "/token",
              Map.of("content-type", List.of("application/x-www-form-urlencoded")),
              Visitor.form(
                  Map.of(
                      "grant_type", "refresh_token",
                      "client_id", client.id(),
                      "refresh_token", refreshToken())));

      assertThat(text(again)).isEqualTo(text(first));
    }
  }

  @Test
  void lostAnswerIsGivenAgainAfterARestartInBetween() {
    AuthReply first = client.refresh(refreshToken());
    server.restart();

    assertThat(text(client.refresh(refreshToken()))).isEqualTo(text(first));
  }

  @Test
  void graceIsAsLongAsTheOperatorSays() {
    server.restart("tokens: { refresh-grace: 60s }");
    AuthReply first = client.refresh(refreshToken());
    server.clock.advance(Duration.ofSeconds(59));
    assertThat(text(client.refresh(refreshToken()))).isEqualTo(text(first));

    server.restart("tokens: { refresh-grace: 0s }");
    assertThat(json(client.refresh(refreshToken())).get("reason").asString())
        .isEqualTo("refresh_reused");
  }

  @Test
  void useByAnotherClientWithinTheGraceTellsItNothingAndEndsNothing() {
    client.refresh(refreshToken());

    AuthReply other = TestClient.register(server).refresh(refreshToken());

    assertThat(json(other).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(text(other)).doesNotContain("dwr_");
    assertThat(client.refresh(refreshToken()).status()).isEqualTo(200);
  }

  @Test
  void spentTokenOfAnOlderTurnRevokesToo() {
    JsonNode second = json(client.refresh(refreshToken()));
    server.clock.advance(GRACE);
    JsonNode third = json(client.refresh(second.get("refresh_token").asString()));

    assertThat(json(client.refresh(refreshToken())).get("reason").asString())
        .isEqualTo("refresh_reused");
    assertThat(client.refresh(third.get("refresh_token").asString()).status()).isEqualTo(400);
  }

  @Test
  void afterRevocationNeitherOldNorNewIsAnswered() {
    JsonNode next = json(client.refresh(refreshToken()));
    client.post("/revoke", Map.of("token", refreshToken(), "client_id", client.id()));

    assertThat(client.refresh(refreshToken()).status()).as("within the grace").isEqualTo(400);
    assertThat(client.refresh(next.get("refresh_token").asString()).status()).isEqualTo(400);
  }

  @Test
  void accessTokenMayHaveLessThanTheGrantAndTheNextOneAllOfItAgain() {
    server
        .database()
        .jdbi()
        .useHandle(h -> h.execute("update access_grant set scope = 'mcp mcp:write'"));
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("client_id", client.id());
    form.put("refresh_token", refreshToken());
    form.put("scope", "mcp mcp");

    JsonNode less = json(client.post("/token", form));
    assertThat(less.get("scope").asString()).isEqualTo("mcp");
    assertThat(server.verified(less.get("access_token").asString(), "notes").scopes())
        .containsExactly("mcp");

    JsonNode all = json(client.refresh(less.get("refresh_token").asString()));
    assertThat(all.get("scope").asString()).isEqualTo("mcp mcp:write");
  }

  @Test
  void clockThatStepsBackRevivesNothing() {
    server.clock.advance(Duration.ofDays(30));
    assertThat(client.refresh(refreshToken()).status()).as("ended").isEqualTo(400);
    server.clock.advance(Duration.ofDays(-29));
    assertThat(client.refresh(refreshToken()).status()).as("back, running").isEqualTo(400);

    server.restart();

    assertThat(client.refresh(refreshToken()).status()).as("back, restarted").isEqualTo(400);
  }

  @Test
  void useAfterTheGraceRevokesTheWholeGrant() {
    JsonNode next = json(client.refresh(refreshToken()));
    server.clock.advance(GRACE);

    AuthReply stolen = client.refresh(refreshToken());

    assertThat(json(stolen).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(json(stolen).get("reason").asString()).isEqualTo("refresh_reused");
    assertThat(server.notes.last().event()).isEqualTo("refresh_reuse");
    assertThat(server.notes.last().fields()).containsEntry("severity", "alert");
    assertThat(client.refresh(next.get("refresh_token").asString()).status()).isEqualTo(400);
    AccessToken access = server.verified(next.get("access_token").asString(), "notes");
    assertThat(server.server().revocations().isRevoked(access)).isTrue();
  }

  @Test
  void revokedStaysRevokedOverARestart() {
    JsonNode next = json(client.refresh(refreshToken()));
    server.clock.advance(Duration.ofMinutes(1));
    client.refresh(refreshToken());

    server.restart();

    AccessToken access = server.verified(next.get("access_token").asString(), "notes");
    assertThat(server.server().revocations().isRevoked(access)).isTrue();
    assertThat(client.refresh(next.get("refresh_token").asString()).status()).isEqualTo(400);
  }

  @Test
  void goesOnAfterARestart() {
    server.restart();

    AccessToken access = server.verified(tokens.get("access_token").asString(), "notes");
    assertThat(server.server().revocations().isRevoked(access)).isFalse();
    assertThat(client.refresh(refreshToken()).status()).isEqualTo(200);
  }

  @Test
  void thoseWhoRaceAllGetTheSameAnswer() throws Exception {
    List<Callable<AuthReply>> racers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      racers.add(() -> client.refresh(refreshToken()));
    }
    List<String> answers;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      answers =
          threads.invokeAll(racers).stream()
              .map(RefreshTest::result)
              .map(Visitor::text)
              .distinct()
              .toList();
    }

    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst()).contains("access_token");
  }

  @Test
  void endsUnusedAfterThirtyDays() {
    server.clock.advance(Duration.ofDays(30));

    assertThat(json(client.refresh(refreshToken())).get("reason").asString())
        .isEqualTo("refresh_refused");
  }

  @Test
  void grantEndsAfterNinetyDaysHoweverOftenItIsUsed() {
    String token = refreshToken();
    for (int day = 20; day < 90; day += 20) {
      server.clock.advance(Duration.ofDays(20));
      token = json(client.refresh(token)).get("refresh_token").asString();
    }
    server.clock.advance(Duration.ofDays(10));

    assertThat(client.refresh(token).status()).isEqualTo(400);
  }

  @Test
  void belongsToItsClient() {
    TestClient other = TestClient.register(server);

    AuthReply reply = other.refresh(refreshToken());

    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(client.refresh(refreshToken()).status()).as("nothing happened to it").isEqualTo(200);
  }

  @Test
  void resourceAndScopeCannotGrow() {
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("client_id", client.id());
    form.put("refresh_token", refreshToken());
    form.put("resource", "https://edge.example/mail/mcp");
    assertThat(json(client.post("/token", form)).get("error").asString())
        .isEqualTo("invalid_target");

    form.put("resource", "https://edge.example/notes/mcp");
    form.put("scope", "mcp admin");
    assertThat(json(client.post("/token", form)).get("error").asString())
        .isEqualTo("invalid_scope");

    form.put("scope", "mcp");
    assertThat(client.post("/token", form).status()).isEqualTo(200);
  }

  @Test
  void personWhoIsGoneOrLostTheServiceGetsNoMore() {
    Outcomes.ok(server.server().people().allow("ada", Set.of()));
    assertThat(json(client.refresh(refreshToken())).get("error").asString())
        .isEqualTo("invalid_grant");

    Outcomes.ok(server.server().people().remove("ada"));
    assertThat(json(client.refresh(refreshToken())).get("error").asString())
        .isEqualTo("invalid_grant");
  }

  @Test
  void clientThatDidNotAskForRefreshTokensGetsNone() {
    AuthReply reply =
        TestClient.registration(
            server,
            """
            {"redirect_uris":["http://127.0.0.1/oauth/callback"],
             "token_endpoint_auth_method":"none","grant_types":["authorization_code"]}
            """);
    TestClient plain = TestClient.known(server, json(reply).get("client_id").asString());

    assertThat(plain.tokens("ada", "notes").has("refresh_token")).isFalse();
  }

  private static AuthReply result(Future<AuthReply> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
