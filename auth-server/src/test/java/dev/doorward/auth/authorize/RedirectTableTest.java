package dev.doorward.auth.authorize;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every form of redirect URI that an attacker tries, at the endpoint itself (RFC 9700 section 4.1).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedirectTableTest {
  private TestServer server;
  private TestClient client;

  @BeforeAll
  void open(@TempDir Path dataDir) {
    server = new TestServer(dataDir);
    AuthReply reply =
        TestClient.registration(
            server,
            """
            {"redirect_uris":["https://app.example/cb","http://127.0.0.1:6274/cb","http://[::1]/cb",
              "http://localhost/cb?keep=1","cursor://anysphere.cursor-mcp/oauth/callback"],
             "token_endpoint_auth_method":"none"}
            """);
    client = TestClient.known(server, json(reply).get("client_id").asString());
  }

  @BeforeEach
  void refillTheAllowance() {
    server.clock.advance(java.time.Duration.ofSeconds(10));
  }

  @AfterAll
  void close() {
    server.close();
  }

  private AuthReply ask(String redirect) {
    Map<String, String> request = client.request("notes");
    request.put("redirect_uri", redirect);
    return server.visitor().get("/authorize?" + Visitor.form(request));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        // what the request names, whether it is taken
        "https://app.example/cb, true",
        "http://127.0.0.1:6274/cb, true",
        "http://127.0.0.1:1/cb, true",
        "http://127.0.0.1/cb, true",
        "http://[::1]:65535/cb, true",
        "http://localhost:3118/cb?keep=1, true",
        "cursor://anysphere.cursor-mcp/oauth/callback, true",
        "https://app.example/cb/, false",
        "https://app.example/cb/x, false",
        "https://app.example/cbx, false",
        "https://app.example/, false",
        "https://app.example/CB, false",
        "https://APP.example/cb, false",
        "HTTPS://app.example/cb, false",
        "http://app.example/cb, false",
        "https://app.example:443/cb, false",
        "https://app.example:8443/cb, false",
        "https://app.example./cb, false",
        "https://app.example/a/../cb, false",
        "https://app.example/%2e/cb, false",
        "https://app.example/c%62, false",
        "https://app.example/cb?x=1, false",
        "https://app.example/cb?, false",
        "https://app.example/cb#x, false",
        "https://app.example/cb#, false",
        "https://app.example/cb;x, false",
        "https://user@app.example/cb, false",
        "https://app.example@evil.example/cb, false",
        "https://app.example.evil.example/cb, false",
        "https://evilapp.example/cb, false",
        "https://app.example\\@evil.example/cb, false",
        "https://evil.example/https://app.example/cb, false",
        "https://evil.example?https://app.example/cb, false",
        "//app.example/cb, false",
        "/cb, false",
        "https://\u0430pp.example/cb, false",
        "https://app.example/cb%20, false",
        "https://app.example/c b, false",
        "http://127.0.0.1.evil.example/cb, false",
        "http://127.0.0.1@evil.example/cb, false",
        "http://127.1/cb, false",
        "http://2130706433/cb, false",
        "http://0x7f.1/cb, false",
        "http://127.0.0.2/cb, false",
        "http://127.0.0.1:0/cb, false",
        "http://127.0.0.1:65536/cb, false",
        "http://127.0.0.1:80x/cb, false",
        "http://127.0.0.1:6274/cb/../x, false",
        "http://127.0.0.1:6274/cb?x, false",
        "https://127.0.0.1:6274/cb, false",
        "http://localhost:6274/cb, false",
        "http://localhost./cb?keep=1, false",
        "http://localhost.evil.example/cb?keep=1, false",
        "http://LOCALHOST/cb?keep=1, false",
        "http://localhost:1/cb?keep=2, false",
        "http://localhost:1/cb?keep=1&x=1, false",
        "http://[::]/cb, false",
        "http://[::ffff:127.0.0.1]/cb, false",
        "http://[0:0:0:0:0:0:0:1]/cb, false",
        "cursor://anysphere.cursor-mcp/oauth/callback/, false",
        "cursor://evil/oauth/callback, false",
        "Cursor://anysphere.cursor-mcp/oauth/callback, false",
        "javascript:alert(1), false",
        "data:text/html;base64;x, false",
      })
  void isTakenOnlyAsRegisteredAndElseNothingIsSentAnywhere(String redirect, boolean taken) {
    AuthReply reply = ask(redirect);

    if (taken) {
      assertThat(reply.status()).isEqualTo(303);
      assertThat(header(reply, "Location")).startsWith("/login?request=");
    } else {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(header(reply, "Location")).isEmpty();
      assertThat(header(reply, "Content-Type")).startsWith("text/html");
      assertThat(text(reply)).contains("redirect_refused").doesNotContain("evil.example");
    }
  }

  @Test
  void twoOfThemAreNoneWhateverTheirOrder() {
    String query = Visitor.form(client.request("notes")).replaceAll("redirect_uri=[^&]*&", "");
    for (String two :
        new String[] {
          "redirect_uri=https://app.example/cb&redirect_uri=https://evil.example/",
          "redirect_uri=https://evil.example/&redirect_uri=https://app.example/cb",
          "redirect_uri=https://app.example/cb&redirect_uri=https://app.example/cb",
        }) {
      AuthReply reply = server.visitor().get("/authorize?" + query + "&" + two);

      assertThat(reply.status()).isEqualTo(400);
      assertThat(header(reply, "Location")).isEmpty();
    }
  }

  @Test
  void stateComesBackAsItWasAndIsWrittenDownNowhere() {
    String state = "state-that-nobody-else-may-read " + "x".repeat(1900);
    Map<String, String> request = client.request("notes");
    request.put("redirect_uri", "https://app.example/cb");
    request.put("state", state);
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String back =
        Visitor.location(
            browser.decide(
                Visitor.location(browser.get("/authorize?" + Visitor.form(request))), "deny"));

    assertThat(TestClient.parameter(back, "state")).contains(state);
    assertThat(server.notes.fields()).noneMatch(field -> field.contains("state-that-nobody"));
  }
}
