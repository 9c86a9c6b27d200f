package dev.doorward.auth.device;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.store.Mint;
import dev.doorward.common.token.AccessToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A device without a browser, and the person who enters its code elsewhere. */
class DeviceTest {
  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private JsonNode begin() {
    AuthReply reply =
        client.post(
            "/device/authorization",
            Map.of("client_id", client.id(), "resource", "https://edge.example/notes/mcp"));
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return json(reply);
  }

  private AuthReply poll(JsonNode begun) {
    return client.post(
        "/token",
        Map.of(
            "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
            "client_id", client.id(),
            "device_code", begun.get("device_code").asString()));
  }

  private Visitor signedIn(String person) {
    Visitor browser = server.visitor();
    browser.signIn(person, TestServer.PASSWORD);
    return browser;
  }

  private AuthReply enter(Visitor browser, String code) {
    Map<String, String> fields = Visitor.hidden(browser.get("/device"));
    fields.put("user_code", code);
    return browser.post("/device", fields);
  }

  private AuthReply answer(Visitor browser, String code, String decision) {
    Map<String, String> fields = Visitor.hidden(enter(browser, code));
    fields.put("decision", decision);
    return browser.post("/device/answer", fields);
  }

  private static String code(JsonNode begun) {
    return begun.get("user_code").asString();
  }

  private static String error(AuthReply reply) {
    return json(reply).get("error").asString();
  }

  @Test
  void getsTokensOnceItsPersonAllowsIt() {
    JsonNode begun = begin();
    assertThat(code(begun)).matches("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}");
    assertThat(begun.get("verification_uri").asString()).isEqualTo("https://edge.example/device");
    assertThat(begun.get("expires_in").asLong()).isEqualTo(600);
    assertThat(error(poll(begun))).isEqualTo("authorization_pending");

    AuthReply done =
        answer(signedIn("ada"), code(begun).toLowerCase(java.util.Locale.ROOT), "allow");
    assertThat(done.status()).isEqualTo(200);

    JsonNode tokens = json(poll(begun));
    AccessToken access = server.verified(tokens.get("access_token").asString(), "notes");
    assertThat(access.person()).isEqualTo("ada");
    assertThat(server.server().revocations().isRevoked(access)).isFalse();
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(200);
    assertThat(server.notes.events()).contains("device_allowed", "token_issued");
  }

  @Test
  void pageNamesClientServiceAndCodeAndWarns() {
    JsonNode begun = begin();

    String page = text(enter(signedIn("ada"), code(begun)));

    assertThat(page)
        .contains("MCP Inspector", "notes", code(begun), "192.0.2.7")
        .contains("Allow this only if you started it yourself")
        .doesNotContain("another network than yours");
    Visitor elsewhere = server.visitor("198.51.100.9");
    elsewhere.signIn("ada", TestServer.PASSWORD);
    assertThat(text(enter(elsewhere, code(begun)))).contains("another network than yours");
  }

  @Test
  void linkFillsTheCodeInButDecidesNothing() {
    JsonNode begun = begin();
    String link = begun.get("verification_uri_complete").asString();

    AuthReply page = signedIn("ada").get(link.substring("https://edge.example".length()));

    assertThat(text(page)).contains("value=\"" + code(begun) + "\"");
    assertThat(error(poll(begun))).isEqualTo("authorization_pending");
    assertThat(text(signedIn("ada").get("/device?user_code=%22%3E%3Cb%3E"))).doesNotContain("<b>");
  }

  @Test
  void whoIsNotSignedInIsSentToSignIn() {
    AuthReply reply = server.visitor().get("/device");

    assertThat(Visitor.location(reply)).isEqualTo("/login?for=device");
  }

  @Test
  void denialIsToldToTheDevice() {
    JsonNode begun = begin();
    answer(signedIn("ada"), code(begun), "deny");

    assertThat(error(poll(begun))).isEqualTo("access_denied");
    assertThat(server.notes.events()).contains("device_denied");
  }

  @Test
  void whoAsksTooOftenIsSlowedDown() {
    JsonNode begun = begin();
    assertThat(error(poll(begun))).isEqualTo("authorization_pending");
    server.clock.advance(Duration.ofSeconds(4));
    assertThat(error(poll(begun))).isEqualTo("slow_down");
    server.clock.advance(Duration.ofSeconds(6));
    assertThat(error(poll(begun))).as("10 s are asked for now").isEqualTo("slow_down");
    server.clock.advance(Duration.ofSeconds(15));
    AuthReply pending = poll(begun);
    assertThat(error(pending)).isEqualTo("authorization_pending");
    assertThat(Visitor.header(pending, "Retry-After")).isEqualTo("15");
  }

  @Test
  void pollingDoesNotUseUpTheNetworksPatience() {
    JsonNode begun = begin();
    for (int i = 0; i < 119; i++) {
      assertThat(error(poll(begun))).isEqualTo("authorization_pending");
      server.clock.advance(Duration.ofSeconds(5));
    }
    for (int i = 0; i < 500; i++) {
      begun = i % 50 == 0 ? begin() : begun;
      server.clock.advance(Duration.ofSeconds(5));
      assertThat(error(poll(begun))).isEqualTo("authorization_pending");
    }
  }

  @Test
  void codeEndsAfterTenMinutesWhateverTheClockDoes() {
    JsonNode begun = begin();
    server.clock.advance(Duration.ofMinutes(10));

    assertThat(error(poll(begun))).isEqualTo("expired_token");
    assertThat(enter(signedIn("ada"), code(begun)).status()).isEqualTo(404);
    server.clock.advance(Duration.ofMinutes(-5));
    server.restart();
    assertThat(error(poll(begun))).isEqualTo("expired_token");
  }

  @Test
  void secondUseRevokesWhatCameOfTheFirst() {
    JsonNode begun = begin();
    answer(signedIn("ada"), code(begun), "allow");
    JsonNode tokens = json(poll(begun));

    AuthReply again = poll(begun);

    assertThat(json(again).get("reason").asString()).isEqualTo("code_reused");
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(400);
    assertThat(server.notes.last().fields()).doesNotContainKey("device_code");
  }

  @Test
  void answerIsThereAfterAPowerCut(@TempDir Path elsewhere) {
    JsonNode begun = begin();
    answer(signedIn("ada"), code(begun), "allow");
    try (TestServer other = server.powerCut(elsewhere.resolve("copy"))) {
      AuthReply reply =
          TestClient.known(other, client.id())
              .post(
                  "/token",
                  Map.of(
                      "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
                      "client_id", client.id(),
                      "device_code", begun.get("device_code").asString()));
      assertThat(reply.status()).isEqualTo(200);
    }
  }

  @Test
  void codeBelongsToItsClient() {
    JsonNode begun = begin();
    answer(signedIn("ada"), code(begun), "allow");
    TestClient other = TestClient.register(server);
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    form.put("client_id", other.id());
    form.put("device_code", begun.get("device_code").asString());

    assertThat(error(other.post("/token", form))).isEqualTo("invalid_grant");
    assertThat(poll(begun).status()).isEqualTo(200);
  }

  @Test
  void serviceThatThePersonMayNotUseLooksLikeNoCode() {
    JsonNode begun = begin();

    String ben = text(enter(signedIn("ben"), code(begun)));
    String wrong = text(enter(signedIn("ben"), "BBBB-BBBB"));

    assertThat(ben).contains("There is no such code");
    assertThat(wrong).contains("There is no such code");
  }

  @Test
  void personWhoLosesTheServiceBeforeTheDeviceAsksGetsItNothing() {
    JsonNode begun = begin();
    answer(signedIn("ada"), code(begun), "allow");
    Outcomes.ok(server.server().people().allow("ada", Set.of()));

    assertThat(error(poll(begun))).isEqualTo("invalid_grant");
  }

  @Test
  void guessingIsBoundedForAPersonAndRecorded() {
    Visitor browser = signedIn("ada");
    for (int i = 0; i < 10; i++) {
      assertThat(enter(browser, "BBBB-BBBB").status()).isEqualTo(404);
    }
    JsonNode begun = begin();

    assertThat(enter(browser, code(begun)).status()).isEqualTo(429);
    assertThat(enter(signedIn("olga"), code(begun)).status())
        .as("another person of the same network")
        .isEqualTo(200);
    assertThat(server.notes.events()).contains("device_code_unknown");
    server.clock.advance(Duration.ofMinutes(2));
    assertThat(enter(browser, code(begun)).status()).isEqualTo(200);
  }

  @Test
  void formOfAnotherSiteOrOfAnotherCodeDecidesNothing() {
    JsonNode begun = begin();
    JsonNode second = begin();
    Visitor browser = signedIn("ada");
    Map<String, String> fields = Visitor.hidden(enter(browser, code(begun)));
    fields.put("decision", "allow");
    fields.put("user_code", code(second));
    assertThat(browser.post("/device/answer", fields).status()).isEqualTo(403);

    fields.put("user_code", code(begun));
    AuthReply foreign =
        browser.post("/device/answer", fields, Map.of("origin", List.of("https://evil.example")));
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(error(poll(begun))).isEqualTo("authorization_pending");
    assertThat(error(poll(second))).isEqualTo("authorization_pending");
  }

  @Test
  void firstAnswerCounts() {
    JsonNode begun = begin();
    Visitor browser = signedIn("ada");
    Map<String, String> fields = Visitor.hidden(enter(browser, code(begun)));
    fields.put("decision", "deny");
    browser.post("/device/answer", fields);
    fields.put("decision", "allow");

    assertThat(browser.post("/device/answer", fields).status()).isEqualTo(410);
    assertThat(error(poll(begun))).isEqualTo("access_denied");
  }

  @Test
  void requestNeedsAClientAndAService() {
    assertThat(client.post("/device/authorization", Map.of()).status()).isEqualTo(401);
    assertThat(client.post("/device/authorization", Map.of("client_id", "dcr_nobody")).status())
        .isEqualTo(401);
    assertThat(
            error(
                client.post(
                    "/device/authorization",
                    Map.of("client_id", client.id(), "resource", "https://evil.example/mcp"))))
        .isEqualTo("invalid_target");
  }

  @Test
  void codesAreStoredAsHashesOnly() throws Exception {
    JsonNode begun = begin();
    for (Path file : server.files()) {
      assertThat(Files.readAllBytes(file))
          .asString(StandardCharsets.ISO_8859_1)
          .doesNotContain(begun.get("device_code").asString(), code(begun).replace("-", ""));
    }
  }

  @Test
  void userCodesAreReadInAnyCaseAndDrawnEvenly() {
    assertThat(UserCode.parse("wdjb mjht").orElseThrow().shown()).isEqualTo("WDJB-MJHT");
    assertThat(UserCode.parse("WDJBMJHT")).isPresent();
    for (String bad :
        List.of("", "WDJB-MJH", "WDJB-MJHTX", "AAAA-AAAA", "WDJB/MJHT", "x".repeat(99))) {
      assertThat(UserCode.parse(bad)).as(bad).isEmpty();
    }
    var mint = new Mint(new SecureRandom());
    Map<Integer, Integer> counts = new HashMap<>();
    for (int i = 0; i < 2_500; i++) {
      UserCode.draw(mint).letters().chars().forEach(c -> counts.merge(c, 1, Integer::sum));
    }
    assertThat(counts).hasSize(20);
    assertThat(counts.values()).allMatch(n -> n > 800 && n < 1_200);
  }

  @Test
  void metadataNamesEndpointAndGrantType() {
    JsonNode metadata =
        json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""));

    assertThat(metadata.get("device_authorization_endpoint").asString())
        .isEqualTo("https://edge.example/device/authorization");
  }
}
