package dev.doorward.auth.authorize;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What is asked again and what is not, and what a client gets that comes back for more. */
class ConsentMemoryTest {
  private static final String SCOPES =
      """
      scopes:
        "notes:write":
          service: notes
          tools: ["write_*"]
          describe: Change & delete <notes>
        "mail:send": {service: mail, tools: ["*"], describe: Send mail}
      """;
  private static final String SITE = "https://app.example/cb";

  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private Visitor browser;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir, SCOPES);
    AuthReply reply =
        TestClient.registration(
            server,
            """
            {"redirect_uris":["https://app.example/cb","https://other.example/cb",
              "http://127.0.0.1/oauth/callback","cursor://x/cb"],
             "client_name":"App","token_endpoint_auth_method":"none"}
            """);
    client = TestClient.known(server, json(reply).get("client_id").asString());
    browser = server.visitor();
    browser.signIn("olga", TestServer.PASSWORD);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Map<String, String> request(String redirect, String scope) {
    Map<String, String> request = client.request("notes");
    request.put("redirect_uri", redirect);
    request.put("scope", scope);
    return request;
  }

  /** The answer to the page where a person who is signed in arrives. */
  private AuthReply arrive(Map<String, String> request) {
    return browser.get(location(browser.get("/authorize?" + Visitor.form(request))));
  }

  private JsonNode redeem(String back, String redirect) {
    Map<String, String> form = client.redemption(parameter(back, "code").orElseThrow());
    form.put("redirect_uri", redirect);
    AuthReply reply = client.post("/token", form);
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return json(reply);
  }

  private JsonNode allow(Map<String, String> request) {
    String consent = location(browser.get("/authorize?" + Visitor.form(request)));
    return redeem(
        location(browser.decide(consent, "allow")), request.getOrDefault("redirect_uri", ""));
  }

  @Test
  void sameAgainIsNotAskedAgain() {
    allow(request(SITE, "mcp"));

    AuthReply again = arrive(request(SITE, "mcp"));

    assertThat(location(again)).startsWith(SITE + "?code=");
    assertThat(redeem(location(again), SITE).get("scope").asString()).isEqualTo("mcp");
    assertThat(server.notes.events()).contains("consent_remembered");
  }

  @ParameterizedTest
  @CsvSource({
    // what is changed, to what
    "redirect_uri, https://other.example/cb",
    "redirect_uri, http://127.0.0.1:5000/oauth/callback",
    "redirect_uri, cursor://x/cb",
    "scope, mcp notes:write",
    "resource, https://edge.example/mail/mcp",
    "prompt, consent",
  })
  void anythingElseIsAsked(String name, String value) {
    allow(request(SITE, "mcp"));
    Map<String, String> request = request(SITE, "mcp");
    request.put(name, value);

    assertThat(arrive(request).status()).isEqualTo(200);
  }

  @Test
  void otherPersonAndOtherClientAreAsked() {
    allow(request(SITE, "mcp"));
    Visitor ada = server.visitor();
    ada.signIn("ada", TestServer.PASSWORD);
    String consent = location(ada.get("/authorize?" + Visitor.form(request(SITE, "mcp"))));
    assertThat(ada.get(consent).status()).isEqualTo(200);

    AuthReply reply =
        TestClient.registration(
            server,
            "{\"redirect_uris\":[\"" + SITE + "\"],\"token_endpoint_auth_method\":\"none\"}");
    Map<String, String> twin = request(SITE, "mcp");
    twin.put("client_id", json(reply).get("client_id").asString());
    assertThat(arrive(twin).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"http://127.0.0.1:5000/oauth/callback", "cursor://x/cb"})
  void programOnTheDeviceIsAskedForEachTime(String redirect) {
    allow(request(redirect, "mcp"));

    AuthReply again = arrive(request(redirect, "mcp"));

    assertThat(again.status()).isEqualTo(200);
    assertThat(text(again)).contains("Allow this only if you started it yourself");
  }

  @Test
  void whatWasRevokedIsAskedAgain() {
    JsonNode tokens = allow(request(SITE, "mcp"));
    client.post(
        "/revoke",
        Map.of("client_id", client.id(), "token", tokens.get("refresh_token").asString()));

    assertThat(arrive(request(SITE, "mcp")).status()).isEqualTo(200);
  }

  @Test
  void serviceThatWasTakenAwayIsNotAllowedByMemory() {
    allow(request(SITE, "mcp"));
    server.agents.set("mail");

    assertThat(arrive(request(SITE, "mcp")).status()).isEqualTo(403);
  }

  @Test
  void pageSaysInWordsWhatEachScopePermits() {
    String page = text(arrive(request(SITE, "mcp notes:write mail:send openid")));

    assertThat(page)
        .contains("<bdi>Change &amp; delete &lt;notes", "<code>notes:write</code>")
        .contains("that need no further permission")
        .doesNotContain("Send mail");
  }

  @Test
  void clientThatComesBackForMoreKeepsWhatItHad() {
    assertThat(allow(request(SITE, "mcp")).get("scope").asString()).isEqualTo("mcp");

    JsonNode more = allow(request(SITE, "notes:write"));
    assertThat(more.get("scope").asString()).isEqualTo("mcp notes:write");
    assertThat(server.verified(more.get("access_token").asString(), "notes").scopes())
        .isEqualTo(Set.of("mcp", "notes:write"));

    AuthReply less = arrive(request(SITE, "mcp"));
    assertThat(redeem(location(less), SITE).get("scope").asString())
        .as("what is allowed already stays allowed, and nobody is asked")
        .isEqualTo("mcp notes:write");
  }

  @Test
  void whatGrewAfterThePageWasShownIsAskedAgain() {
    String consent = location(browser.get("/authorize?" + Visitor.form(request(SITE, "mcp"))));
    Map<String, String> form = hidden(browser.get(consent));
    form.put("decision", "allow");
    allow(request(SITE, "notes:write"));

    AuthReply asked = browser.post("/consent", form);

    assertThat(asked.status()).isEqualTo(200);
    assertThat(text(asked)).contains("notes:write");
    Map<String, String> forged = hidden(asked);
    forged.put("decision", "allow");
    forged.put("scope", "mcp");
    assertThat(browser.post("/consent", forged).status()).isEqualTo(403);
  }

  @Test
  void metadataListsEveryScopeInEveryDocumentAlike() {
    String server =
        text(this.server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""));
    assertThat(server).contains("\"scopes_supported\":[\"mcp\",\"mail:send\",\"notes:write\"]");
    String path = "/.well-known/oauth-protected-resource/";
    String notes = text(this.server.call("GET", path + "notes/mcp", Map.of(), ""));
    String nothing = text(this.server.call("GET", path + "nothing/mcp", Map.of(), ""));
    assertThat(notes).contains("\"mail:send\",\"notes:write\"");
    assertThat(nothing.replace("nothing", "notes")).isEqualTo(notes);
  }

  @Test
  void publishedAppOnThisDeviceIsNotVouchedFor() {
    server.web.publish(
        "https://app.example/client",
        """
        {"client_id":"https://app.example/client","client_name":"App",
         "redirect_uris":["http://localhost/cb"]}
        """);
    client = TestClient.known(server, "https://app.example/client");

    assertThat(text(arrive(request("http://localhost:3000/cb", "mcp"))))
        .contains("<bdi>app.example</bdi></strong> publishes an app of this name")
        .contains("<bdi>app.example</bdi> cannot tell which program here is asking");
  }
}
