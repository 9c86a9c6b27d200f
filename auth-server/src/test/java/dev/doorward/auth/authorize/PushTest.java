package dev.doorward.auth.authorize;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.client.OperatorClients.Added;
import dev.doorward.auth.client.OperatorClients.Wanted;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.identity.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pushed authorization requests (RFC 9126). */
class PushTest {
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

  private String pushed(Map<String, String> request) {
    AuthReply reply = client.post("/par", request);
    assertThat(reply.status()).as(text(reply)).isEqualTo(201);
    assertThat(header(reply, "Cache-Control")).isEqualTo("no-store");
    assertThat(json(reply).get("expires_in").asInt()).isEqualTo(60);
    return json(reply).get("request_uri").asString();
  }

  private static String authorize(String id, String uri, String more) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("client_id", id);
    query.put("request_uri", uri);
    return "/authorize?" + Visitor.form(query) + more;
  }

  @Test
  void browserCarriesTheNameOnlyAndTheClientGetsItsCode() {
    String uri = pushed(client.request("notes"));
    assertThat(uri).startsWith("urn:ietf:params:oauth:request_uri:dwu_");
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);

    String consent = location(browser.get(authorize(client.id(), uri, "")));
    String back = location(browser.decide(consent, "allow"));

    assertThat(back).startsWith(TestClient.REDIRECT + "?code=");
    assertThat(parameter(back, "state")).contains("st&te +1");
    assertThat(client.redeem(parameter(back, "code").orElseThrow()).status()).isEqualTo(200);
    assertThat(
            json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""))
                .get("pushed_authorization_request_endpoint")
                .asString())
        .isEqualTo("https://edge.example/par");
  }

  @Test
  void parametersBesideTheNameAreNothing() {
    String uri = pushed(client.request("notes"));
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);

    String consent =
        location(
            browser.get(
                authorize(
                    client.id(),
                    uri,
                    "&state=forged&redirect_uri=https://evil.example/&resource=x&scope=y")));
    String back = location(browser.decide(consent, "allow"));

    assertThat(back).startsWith(TestClient.REDIRECT + "?code=");
    assertThat(parameter(back, "state")).contains("st&te +1");
  }

  @Test
  void nameWorksOnceWithinAMinuteForItsClientOnly() {
    String once = pushed(client.request("notes"));
    assertThat(server.visitor().get(authorize(client.id(), once, "")).status()).isEqualTo(303);
    gone(authorize(client.id(), once, ""));

    String late = pushed(client.request("notes"));
    server.clock.advance(Duration.ofSeconds(60));
    gone(authorize(client.id(), late, ""));

    String others = pushed(client.request("notes"));
    gone(authorize(TestClient.register(server).id(), others, ""));
    gone(authorize(client.id(), "urn:ietf:params:oauth:request_uri:dwu_none", ""));
    assertThat(server.visitor().get(authorize(client.id(), others, "")).status()).isEqualTo(303);
  }

  private void gone(String url) {
    AuthReply reply = server.visitor().get(url);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(header(reply, "Location")).isEmpty();
    assertThat(text(reply)).contains("oauth_request_expired");
  }

  @Test
  void nameSurvivesARestart() {
    String uri = pushed(client.request("notes"));
    server.restart();

    assertThat(server.visitor().get(authorize(client.id(), uri, "")).status()).isEqualTo(303);
  }

  @ParameterizedTest
  @CsvSource({
    // parameter, its value (none takes it away), status, error
    "client_id, dcr_unknown, 401, invalid_client",
    "client_id, , 401, invalid_client",
    "redirect_uri, https://evil.example/, 400, invalid_request",
    "response_type, token, 400, unsupported_response_type",
    "code_challenge, , 400, invalid_request",
    "code_challenge_method, plain, 400, invalid_request",
    "resource, https://other.example/x/mcp, 400, invalid_target",
    "request_uri, urn:ietf:params:oauth:request_uri:x, 400, invalid_request",
    "request, x.y.z, 400, request_not_supported",
    "prompt, none, 400, interaction_required",
  })
  void wrongRequestIsRefusedInJsonAndNothingIsKept(
      String name, String value, int status, String error) {
    Map<String, String> request = client.request("notes");
    if (value == null) {
      request.remove(name);
    } else {
      request.put(name, value);
    }

    AuthReply reply = client.post("/par", request);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(header(reply, "Content-Type")).isEqualTo("application/json");
    assertThat(json(reply).get("error").asString()).isEqualTo(error);
    assertThat(json(reply).has("request_uri")).isFalse();
  }

  @Test
  void repeatedParameterAndOtherContentTypesAreRefused() {
    String form = Visitor.form(client.request("notes"));
    Map<String, List<String>> type =
        Map.of("content-type", List.of("application/x-www-form-urlencoded"));

    assertThat(server.call("POST", "/par", type, form + "&scope=mcp&scope=mcp").status())
        .isEqualTo(400);
    assertThat(
            server
                .call("POST", "/par", Map.of("content-type", List.of("application/json")), "{}")
                .status())
        .isEqualTo(400);
    assertThat(server.call("GET", "/par?" + form, Map.of(), "").status()).isEqualTo(405);
  }

  @Test
  void clientThatMustPushCannotSkipItAndItsSecretIsNotKept() throws IOException {
    Added added =
        ok(
            server
                .server()
                .clients()
                .add(
                    new Wanted(
                        "Portal",
                        List.of("https://portal.example/cb"),
                        Set.of(),
                        AuthMethod.POST,
                        Optional.empty(),
                        true)));
    String secret = added.secret().map(Secret::reveal).orElseThrow();
    String id = added.client().id().value();
    Map<String, String> request = TestClient.known(server, id).request("notes");
    request.put("redirect_uri", "https://portal.example/cb");

    String back = location(server.visitor().get("/authorize?" + Visitor.form(request)));
    assertThat(back).startsWith("https://portal.example/cb?error=invalid_request");

    Map<String, String> without = new HashMap<>(request);
    assertThat(client.post("/par", without).status()).isEqualTo(401);
    request.put("client_secret", secret);
    String uri = pushed(request);
    for (Path file : server.files()) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
          .doesNotContain(secret)
          .doesNotContain(uri);
    }
    assertThat(server.visitor().get(authorize(id, uri, "")).status()).isEqualTo(303);
  }

  @Test
  void clientThatIsKnownByItsDocumentMayPushFirst() {
    String url = "https://app.example/client";
    Map<String, String> request = TestClient.known(server, url).request("notes");
    assertThat(client.post("/par", request).status()).isEqualTo(401);
    server.clock.advance(Duration.ofMinutes(1));
    server.web.publish(
        url,
        """
        {"client_id":"https://app.example/client","client_name":"App",
         "redirect_uris":["http://127.0.0.1/oauth/callback"]}
        """);

    String uri = pushed(request);

    assertThat(server.visitor().get(authorize(url, uri, "")).status()).isEqualTo(303);
  }

  @Test
  void networkThatPushesVeryManyIsSlowed() {
    int limited = 0;
    for (int i = 0; i < 310; i++) {
      limited += client.post("/par", Map.of("x", "y")).status() == 429 ? 1 : 0;
    }

    assertThat(limited).isBetween(5, 15);
  }
}
