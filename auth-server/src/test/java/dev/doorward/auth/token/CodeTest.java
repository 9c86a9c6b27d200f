package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** What a code is worth, to whom, how long and how often. */
class CodeTest {
  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private String code;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    code = client.code(server.visitor(), "ada", "notes");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void isBoundToVerifierRedirectResourceAndClient() {
    record Case(String name, String value, String error, String reason) {}
    List<Case> cases =
        List.of(
            new Case("code_verifier", "", "invalid_grant", "pkce_refused"),
            new Case("code_verifier", "x".repeat(43), "invalid_grant", "pkce_refused"),
            new Case("code_verifier", "short", "invalid_grant", "pkce_refused"),
            new Case("redirect_uri", TestClient.REGISTERED, "invalid_grant", "code_refused"),
            new Case(
                "resource", "https://edge.example/mail/mcp", "invalid_target", "resource_unknown"),
            new Case("resource", "nonsense", "invalid_target", "resource_unknown"),
            new Case(
                "client_id", TestClient.register(server).id(), "invalid_grant", "code_refused"),
            new Case("code", code + "x", "invalid_grant", "code_refused"),
            new Case("code", "", "invalid_request", "oauth_request_refused"),
            new Case("grant_type", "", "invalid_request", "oauth_request_refused"),
            new Case("grant_type", "password", "unsupported_grant_type", "oauth_request_refused"));
    for (Case each : cases) {
      Map<String, String> form = client.redemption(code);
      form.put(each.name(), each.value());

      AuthReply reply = client.post("/token", form);

      assertThat(reply.status()).as(each.toString()).isEqualTo(400);
      assertThat(json(reply).get("error").asString()).as(each.toString()).isEqualTo(each.error());
      assertThat(json(reply).get("reason").asString()).as(each.toString()).isEqualTo(each.reason());
    }
    assertThat(client.redeem(code).status()).as("none of that used it up").isEqualTo(200);
  }

  @Test
  void takesTheResourceAgainInAnyFormAndNoRedirectAtAll() {
    Map<String, String> form = client.redemption(code);
    form.put("resource", "https://EDGE.example/notes/mcp/");
    form.remove("redirect_uri");

    assertThat(client.post("/token", form).status()).isEqualTo(200);
  }

  @Test
  void repeatedParameterIsRefused() {
    AuthReply reply =
        server.call(
            "POST",
            "/token",
            Map.of("content-type", List.of("application/x-www-form-urlencoded")),
            "grant_type=authorization_code&code=a&code=b&client_id=" + client.id());

    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_request");
  }

  @Test
  void otherContentTypeIsRefused() {
    AuthReply reply =
        server.call("POST", "/token", Map.of("content-type", List.of("application/json")), "{}");

    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_request");
  }

  @Test
  void livesOneMinute() {
    server.clock.advance(Duration.ofSeconds(60));

    assertThat(json(client.redeem(code)).get("reason").asString()).isEqualTo("code_refused");
  }

  @Test
  void isNotRevivedByAClockThatStepsBack() {
    server.clock.advance(Duration.ofSeconds(60));
    assertThat(client.redeem(code).status()).isEqualTo(400);
    server.clock.advance(Duration.ofSeconds(-59));
    assertThat(client.redeem(code).status()).isEqualTo(400);
    server.restart();
    assertThat(client.redeem(code).status()).isEqualTo(400);
  }

  @Test
  void secondUseRevokesWhatCameOfTheFirst() {
    JsonNode tokens = json(client.redeem(code));
    AccessToken access = server.verified(tokens.get("access_token").asString(), "notes");
    List<String> told = new ArrayList<>();
    server.server().revocations().onChange(() -> told.add("changed"));

    AuthReply again = client.redeem(code);

    assertThat(json(again).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(json(again).get("reason").asString()).isEqualTo("code_reused");
    assertThat(server.server().revocations().isRevoked(access)).isTrue();
    assertThat(told).hasSize(1);
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(400);
    assertThat(server.notes.last().event()).isEqualTo("code_reuse");
  }

  @Test
  void secondUseByAnotherClientRevokesNothing() {
    JsonNode tokens = json(client.redeem(code));
    Map<String, String> form = client.redemption(code);
    form.put("client_id", TestClient.register(server).id());

    assertThat(client.post("/token", form).status()).isEqualTo(400);
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(200);
  }

  @Test
  void ofFiftyAtOnceExactlyOneWinsAndTheRestRevokeIt() throws Exception {
    List<Callable<AuthReply>> racers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      racers.add(() -> client.redeem(code));
    }
    List<AuthReply> won;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      won =
          threads.invokeAll(racers).stream()
              .map(CodeTest::result)
              .filter(reply -> reply.status() == 200)
              .toList();
    }

    assertThat(won).hasSize(1);
    AccessToken token =
        server.verified(json(won.getFirst()).get("access_token").asString(), "notes");
    assertThat(server.server().revocations().isRevoked(token)).isTrue();
  }

  @Test
  void isWorthNothingOnceThePersonLostTheService() {
    Outcomes.ok(server.server().people().allow("ada", Set.of(new ServiceName("mail"))));

    assertThat(json(client.redeem(code)).get("error").asString()).isEqualTo("invalid_grant");
  }

  @Test
  void worksAfterAPowerCutAndOnlyOnce(@TempDir Path elsewhere) {
    try (TestServer again = server.powerCut(elsewhere.resolve("a"))) {
      Map<String, String> form = client.redemption(code);
      assertThat(post(again, form).status()).isEqualTo(200);
      try (TestServer third = again.powerCut(elsewhere.resolve("b"))) {
        assertThat(json(post(third, form)).get("reason").asString()).isEqualTo("code_reused");
      }
    }
  }

  private static AuthReply post(TestServer server, Map<String, String> form) {
    return server.call(
        "POST",
        "/token",
        Map.of("content-type", List.of("application/x-www-form-urlencoded")),
        dev.doorward.auth.fixture.Visitor.form(form));
  }

  private static AuthReply result(Future<AuthReply> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
