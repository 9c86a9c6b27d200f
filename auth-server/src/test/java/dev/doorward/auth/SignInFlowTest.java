package dev.doorward.auth;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The way from the client's first redirect to its tokens. */
class SignInFlowTest {
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

  @Test
  void givesTokensForTheOneServiceThatThePersonAllowed() {
    Visitor browser = server.visitor();

    String signIn = location(browser.get(client.authorizeUrl("notes")));
    assertThat(signIn).startsWith("/login?request=");
    String consent = location(browser.signIn(signIn, "Ada", TestServer.PASSWORD));
    assertThat(consent).startsWith("/consent?request=");
    assertThat(text(browser.get(consent)))
        .contains("MCP Inspector", "notes", "ada", "127.0.0.1", "A program on this device")
        .contains("name=\"decision\" value=\"allow\"", "name=\"decision\" value=\"deny\"");
    String back = location(browser.decide(consent, "allow"));

    assertThat(back).startsWith(TestClient.REDIRECT + "?code=");
    assertThat(parameter(back, "state")).contains("st&te +1");
    assertThat(parameter(back, "iss")).contains("https://edge.example");

    AuthReply reply = client.redeem(parameter(back, "code").orElseThrow());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(header(reply, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(reply, "Access-Control-Allow-Origin")).isEqualTo("*");
    JsonNode tokens = json(reply);
    assertThat(tokens.get("token_type").asString()).isEqualTo("Bearer");
    assertThat(tokens.get("expires_in").asInt()).isEqualTo(600);
    assertThat(tokens.get("scope").asString()).isEqualTo("mcp");
    AccessToken token = server.verified(tokens.get("access_token").asString(), "notes");
    assertThat(token.person()).isEqualTo("ada");
    assertThat(token.client().value()).isEqualTo(client.id());
    assertThat(token.scopes()).isEqualTo(Set.of("mcp"));
    assertThat(Duration.between(token.issuedAt(), token.expiresAt())).hasMinutes(10);
    assertThat(server.server().revocations().isRevoked(token)).isFalse();
    assertThat(server.notes.events())
        .contains("client_registered", "sign_in", "consent_given", "token_issued");
  }

  @Test
  void tokenOfOneServiceIsNoneOfAnother() {
    String token = client.tokens("ada", "notes").get("access_token").asString();

    assertThat(server.check(token, "mail").toString()).contains("token_audience_mismatch");
  }

  @Test
  void denyGoesBackToTheClientAndGivesNothing() {
    Visitor browser = server.visitor();
    String consent =
        location(
            browser.signIn(
                location(browser.get(client.authorizeUrl("notes"))), "ada", TestServer.PASSWORD));

    String back = location(browser.decide(consent, "deny"));

    assertThat(parameter(back, "error")).contains("access_denied");
    assertThat(parameter(back, "state")).contains("st&te +1");
    assertThat(parameter(back, "iss")).contains("https://edge.example");
    assertThat(parameter(back, "code")).isEmpty();
    assertThat(browser.get(consent).status()).isEqualTo(410);
  }

  @Test
  void serviceThatIsNotAllowedAndOneThatIsNotThereLookTheSame() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);

    AuthReply forbidden = browser.get(location(browser.get(client.authorizeUrl("mail"))));
    AuthReply missing = browser.get(location(browser.get(client.authorizeUrl("none"))));

    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(missing.status()).isEqualTo(403);
    assertThat(comparable(forbidden, "mail")).isEqualTo(comparable(missing, "none"));
    assertThat(text(forbidden)).doesNotContain("value=\"allow\"");
  }

  private static String comparable(AuthReply page, String service) {
    String html = text(page).replace("<bdi>" + service + "</bdi>", "<bdi>SERVICE</bdi>");
    for (String secret : hidden(page).values()) {
      html = html.replace(secret, "*");
    }
    return html;
  }

  @Test
  void allowIsNotTakenForAServiceThatThePersonMayNotUse() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get(client.authorizeUrl("mail")));

    AuthReply forced = browser.decide(consent, "allow");
    assertThat(forced.status()).isEqualTo(403);

    String back = location(browser.decide(consent, "deny"));
    assertThat(parameter(back, "error")).contains("access_denied");
  }

  @Test
  void ownerMayUseEveryServiceThatThereIs() {
    JsonNode tokens = client.tokens("olga", "mail");

    assertThat(server.verified(tokens.get("access_token").asString(), "mail").person())
        .isEqualTo("olga");
  }

  @Test
  void requestBelongsToTheBrowserThatStartedIt() {
    Visitor browser = server.visitor();
    String signIn = location(browser.get(client.authorizeUrl("notes")));
    Visitor thief = server.visitor();
    thief.signIn("ada", TestServer.PASSWORD);

    AuthReply stolen = thief.get(signIn.replace("/login", "/consent"));

    assertThat(stolen.status()).isEqualTo(410);
    assertThat(text(stolen)).contains("oauth_request_expired");
  }

  @Test
  void consentIsAskedEachTimeEvenOfThoseWhoAreSignedIn() {
    Visitor browser = server.visitor();
    client.code(browser, "ada", "notes");

    String next = location(browser.get(client.authorizeUrl("notes")));

    assertThat(next).startsWith("/consent?request=");
    assertThat(browser.get(next).status()).isEqualTo(200);
  }

  @Test
  void secondClickGivesNoSecondCode() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get(client.authorizeUrl("notes")));
    Map<String, String> fields = hidden(browser.get(consent));
    fields.put("decision", "allow");

    assertThat(location(browser.post("/consent", fields))).contains("code=");
    assertThat(browser.post("/consent", fields).status()).isEqualTo(410);
  }

  @Test
  void ofManyClicksAtOnceOneGivesACode() throws Exception {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    Map<String, String> fields =
        hidden(browser.get(location(browser.get(client.authorizeUrl("notes")))));
    fields.put("decision", "allow");
    List<Callable<Integer>> clicks =
        Collections.nCopies(20, () -> browser.post("/consent", fields).status());

    List<Integer> statuses = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> click : threads.invokeAll(clicks)) {
        statuses.add(click.get());
      }
    }

    assertThat(statuses).containsOnlyOnce(303).contains(410);
  }

  @Test
  void requestThatTookTooLongIsGone() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get(client.authorizeUrl("notes")));
    server.clock.advance(Duration.ofMinutes(28));
    assertThat(browser.get(consent).status()).isEqualTo(200);
    server.clock.advance(Duration.ofMinutes(2));

    assertThat(browser.get(consent).status()).isEqualTo(410);
  }

  @Test
  void networkThatStartsVeryManyIsSlowedAndKeepsItsNewest() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String first = location(browser.get(client.authorizeUrl("notes")));
    String last = first;
    for (int i = 0; i < 100; i++) {
      server.clock.advance(Duration.ofMillis(1));
      last = location(browser.get(client.authorizeUrl("notes")));
    }
    assertThat(browser.get(first).status()).isEqualTo(410);
    assertThat(browser.get(last).status()).isEqualTo(200);

    int limited = 0;
    for (int i = 0; i < 250; i++) {
      limited += browser.get("/authorize").status() == 429 ? 1 : 0;
    }
    assertThat(limited).isBetween(45, 60);
    assertThat(server.visitor("198.51.100.9").get(client.authorizeUrl("notes")).status())
        .isEqualTo(303);
  }

  @Test
  void requestAndSessionSurviveAPowerCutInTheMiddle(@TempDir Path elsewhere) {
    Visitor browser = server.visitor();
    String signIn = location(browser.get(client.authorizeUrl("notes")));
    String consent = location(browser.signIn(signIn, "ada", TestServer.PASSWORD));

    try (TestServer again = server.powerCut(elsewhere.resolve("copy"))) {
      Visitor same = again.visitor();
      same.cookies().putAll(browser.cookies());
      String back = location(same.decide(consent, "allow"));

      assertThat(back).startsWith(TestClient.REDIRECT + "?code=");
    }
  }

  @Test
  void missingResourceMeansTheOnlyServiceOrIsRefused() {
    Visitor browser = server.visitor();
    Map<String, String> request = client.request("notes");
    request.remove("resource");

    String refused = location(browser.get("/authorize?" + Visitor.form(request)));
    assertThat(parameter(refused, "error")).contains("invalid_target");

    server.agents.set("notes");
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get("/authorize?" + Visitor.form(request)));
    assertThat(text(browser.get(consent))).contains("https://edge.example/notes/mcp");
  }

  @Test
  void nothingIsGivenThatCannotBeRecorded() {
    Visitor browser = server.visitor();
    String code = client.code(browser, "ada", "notes");
    server.notes.breakDown();

    AuthReply reply = client.redeem(code);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(text(reply)).contains("audit_unavailable").doesNotContain("access_token");
    Visitor other = server.visitor();
    AuthReply signIn = other.signIn("ada", TestServer.PASSWORD);
    assertThat(signIn.status()).isEqualTo(503);
    assertThat(other.cookies()).doesNotContainKey("__Host-doorward-session");
  }
}
