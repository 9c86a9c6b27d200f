package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The clients that people use, each with what it sends: registration, sign-in, tokens, refresh. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KnownClientsTest {
  private TestServer server;

  @BeforeAll
  void open(@TempDir Path dataDir) {
    server = new TestServer(dataDir);
  }

  @AfterAll
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "claude",
        "claude-with-secret",
        "claude-document",
        "claude-code",
        "claude-code-document",
        "cursor",
        "cursor-older",
        "vscode",
        "vscode-document",
        "codex",
        "inspector",
      })
  void signsInAndRefreshes(String name) {
    JsonNode fixture = read(name);
    JsonNode registered = introduce(fixture);
    String id = registered.get("client_id").asString();
    String redirect = fixture.get("redirect_uri").asString();

    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    Map<String, String> request = TestClient.known(server, id).request("notes");
    request.put("redirect_uri", redirect);
    String consent = location(browser.get("/authorize?" + Visitor.form(request)));
    assertThat(text(browser.get(consent)))
        .contains(fixture.get("shown").asString())
        .contains(registered.get("client_name").asString());
    String back = location(browser.decide(consent, "allow"));
    assertThat(back).startsWith(redirect + "?code=");

    Map<String, String> form = new HashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", parameter(back, "code").orElseThrow());
    form.put("redirect_uri", redirect);
    form.put("code_verifier", TestClient.VERIFIER);
    form.put("resource", "https://edge.example/notes/mcp");
    AuthReply reply = token(registered, form);
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    JsonNode tokens = json(reply);
    assertThat(server.verified(tokens.get("access_token").asString(), "notes").client().value())
        .isEqualTo(id);

    AuthReply refreshed =
        token(
            registered,
            Map.of(
                "grant_type",
                "refresh_token",
                "refresh_token",
                tokens.get("refresh_token").asString()));
    assertThat(refreshed.status()).isEqualTo(200);
  }

  /** Registers the client, or publishes its document; what the client knows of itself then. */
  private JsonNode introduce(JsonNode fixture) {
    if (fixture.has("document")) {
      server.web.publish(fixture.get("url").asString(), fixture.get("document").toString());
      return fixture.get("document");
    }
    AuthReply reply = TestClient.registration(server, fixture.get("register").toString());
    assertThat(reply.status()).as(text(reply)).isEqualTo(201);
    JsonNode registered = json(reply);
    JsonNode sent = fixture.get("register");
    assertThat(registered.get("redirect_uris")).isEqualTo(sent.get("redirect_uris"));
    assertThat(registered.get("client_name")).isEqualTo(sent.get("client_name"));
    assertThat(registered.get("token_endpoint_auth_method"))
        .isEqualTo(sent.get("token_endpoint_auth_method"));
    assertThat(registered.get("application_type")).isEqualTo(fixture.get("application_type"));
    return registered;
  }

  /** Sends a form the way the client authenticates. */
  private AuthReply token(JsonNode client, Map<String, String> fields) {
    Map<String, String> form = new HashMap<>(fields);
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of("application/x-www-form-urlencoded"));
    String id = client.get("client_id").asString();
    switch (client.get("token_endpoint_auth_method").asString()) {
      case "none" -> form.put("client_id", id);
      case "client_secret_post" -> {
        form.put("client_id", id);
        form.put("client_secret", client.get("client_secret").asString());
      }
      default -> {
        String pair = id + ":" + client.get("client_secret").asString();
        headers.put(
            "authorization",
            List.of(
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(pair.getBytes(StandardCharsets.US_ASCII))));
      }
    }
    return server.call("POST", "/token", headers, Visitor.form(form));
  }

  private static JsonNode read(String name) {
    try (InputStream file = KnownClientsTest.class.getResourceAsStream(name + ".json")) {
      return JsonMapper.shared().readTree(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
