package dev.doorward.auth;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutingTest {
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
  @CsvSource({
    "GET, /token, POST",
    "GET, /register, POST",
    "DELETE, /revoke, POST",
    "POST, /authorize, 'GET, HEAD'",
    "POST, /jwks, 'GET, HEAD'",
    "PUT, /login, 'GET, HEAD, POST'",
    "GET, /account/revoke, POST",
  })
  void otherMethodsAreNamedAndRefused(String method, String path, String allowed) {
    AuthReply reply = server.call(method, path, Map.of(), "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(header(reply, "Allow")).isEqualTo(allowed);
    assertThat(json(reply).get("reason").asString()).isEqualTo("http_method_not_allowed");
  }

  @Test
  void browserThatIsLostGetsAPageAndAProgramJson() {
    AuthReply page =
        server.call(
            "GET", "/account/nothing", Map.of("accept", List.of("text/html,*/*;q=0.8")), "");
    AuthReply json = server.call("GET", "/account/nothing", Map.of(), "");

    assertThat(page.status()).isEqualTo(404);
    assertThat(header(page, "Content-Type")).startsWith("text/html");
    assertThat(text(page)).contains("There is nothing here.", "route_unknown");
    assertThat(json(json).get("error").asString()).isEqualTo("not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "/login, false",
    "/consent, false",
    "/authorize, false",
    "/account, false",
    "/token, true",
    "/register, true",
    "/revoke, true",
  })
  void onlyProgramsEndpointsAreOpenToPagesOfOtherOrigins(String path, boolean open) {
    AuthReply reply = server.call("OPTIONS", path, Map.of(), "");

    assertThat(reply.status()).isEqualTo(open ? 204 : 405);
    assertThat(header(reply, "Access-Control-Allow-Origin").isEmpty()).isNotEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource({"/", "/loginx", "/login/", "/login/other", "/accounts", "/.well-knownx", "/mcp"})
  void everythingElseIsNotThere(String path) {
    AuthReply reply = server.call("GET", path, Map.of(), "");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(json(reply).get("reason").asString()).isEqualTo("route_unknown");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    AuthReply get = server.call("GET", "/jwks", Map.of(), "");
    AuthReply head = server.call("HEAD", "/jwks", Map.of(), "");

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).isEqualTo(get.headers());
    assertThat(head.body()).isEmpty();
  }

  @Test
  void styleAndIconAreServed() {
    AuthReply style = server.call("GET", "/login/style.css?v=1", Map.of(), "");
    AuthReply icon = server.call("GET", "/login/icon.svg", Map.of(), "");

    assertThat(header(style, "Content-Type")).isEqualTo("text/css; charset=utf-8");
    assertThat(text(style)).contains("prefers-color-scheme: dark").doesNotContain("http");
    assertThat(header(icon, "Content-Type")).isEqualTo("image/svg+xml");
    assertThat(header(icon, "X-Content-Type-Options")).isEqualTo("nosniff");
  }
}
