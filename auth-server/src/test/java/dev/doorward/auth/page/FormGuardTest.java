package dev.doorward.auth.page;

import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may send our forms: the browser that got them, from our own pages, and nobody else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormGuardTest {
  private static final String OWN = "https://edge.example";

  private TestServer server;
  private TestClient client;
  private Visitor browser;

  @BeforeAll
  void open(@TempDir Path dataDir) {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
  }

  @AfterAll
  void close() {
    server.close();
  }

  private Map<String, String> consentForm() {
    Map<String, String> fields =
        hidden(browser.get(location(browser.get(client.authorizeUrl("notes")))));
    fields.put("decision", "allow");
    return fields;
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // Origin, Sec-Fetch-Site, whether the form is taken
        "https://edge.example, same-origin, true",
        "null, same-origin, true",
        "https://edge.example, -, true",
        "-, same-origin, true",
        "-, -, true",
        "null, -, false",
        "null, cross-site, false",
        "null, none, false",
        "https://evil.example, -, false",
        "https://evil.example, same-origin, false",
        "https://edge.example, same-site, false",
        "https://edge.example, cross-site, false",
        "https://edge.example:444, -, false",
        "http://edge.example, -, false",
        "https://edge.example.evil.example, -, false",
      })
  void formIsTakenFromOurOwnPagesOnly(String origin, String site, boolean taken) {
    Map<String, List<String>> headers = new HashMap<>();
    if (origin != null) {
      headers.put("origin", List.of(origin));
    }
    if (site != null) {
      headers.put("sec-fetch-site", List.of(site));
    }

    AuthReply reply = browser.post("/consent", consentForm(), headers);

    assertThat(reply.status()).isEqualTo(taken ? 303 : 403);
    if (!taken) {
      assertThat(text(reply)).contains("http_origin_refused");
    }
  }

  @Test
  void repeatedOriginIsRefused() {
    AuthReply reply = browser.post("/consent", consentForm(), Map.of("origin", List.of(OWN, OWN)));

    assertThat(reply.status()).isEqualTo(403);
  }

  @Test
  void tokenIsOfThisFormThisRequestThisSessionAndThisBrowser() {
    Map<String, String> form = consentForm();
    Map<String, String> other = consentForm();
    String account = hidden(browser.get("/account")).get("csrf");
    Visitor stranger = server.visitor();
    stranger.signIn("ben", TestServer.PASSWORD);

    for (String token : new String[] {"", "x", other.get("csrf"), account}) {
      Map<String, String> forged = new HashMap<>(form);
      forged.put("csrf", token);
      assertThat(browser.post("/consent", forged).status()).isEqualTo(403);
    }
    assertThat(stranger.post("/consent", form).status()).isEqualTo(403);

    Visitor mixed = server.visitor();
    mixed.cookies().putAll(browser.cookies());
    mixed
        .cookies()
        .put("__Host-doorward-session", stranger.cookies().get("__Host-doorward-session"));
    assertThat(mixed.post("/consent", form).status()).as("another session").isEqualTo(403);

    Visitor without = server.visitor();
    assertThat(without.post("/consent", form).status()).as("no cookie").isEqualTo(403);
    assertThat(browser.post("/consent", form).status()).isEqualTo(303);
  }

  @Test
  void everyFormHasTheGuard() {
    Map<String, List<String>> own = Map.of("origin", List.of(OWN));
    for (String path :
        List.of("/login", "/login/setup", "/consent", "/account/revoke", "/account/sign-out")) {
      assertThat(browser.post(path, Map.of("csrf", "forged"), own).status())
          .as(path)
          .isEqualTo(403);
    }
  }

  @Test
  void fieldThatIsThereTwiceIsRefused() {
    Map<String, String> form = consentForm();
    form.put("decision", "deny");
    AuthReply reply =
        server.call(
            "POST",
            "/consent",
            Map.of(
                "content-type", List.of("application/x-www-form-urlencoded"),
                "cookie",
                    List.of(
                        browser.cookies().entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .reduce((a, b) -> a + "; " + b)
                            .orElseThrow())),
            Visitor.form(form) + "&decision=allow");

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("http_malformed");
  }

  @Test
  void lookingAtThePageDecidesNothing() {
    String consent = location(browser.get(client.authorizeUrl("notes")));

    for (int i = 0; i < 3; i++) {
      assertThat(browser.get(consent + "&decision=allow").status()).isEqualTo(200);
    }
    assertThat(server.call("PUT", "/consent", Map.of(), "").status()).isEqualTo(405);
  }
}
