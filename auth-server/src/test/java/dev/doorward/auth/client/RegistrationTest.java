package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.registration;
import static dev.doorward.auth.fixture.Visitor.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Dynamic registration and the ways in which a client proves that it is itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrationTest {
  private static final String URI = "\"redirect_uris\":[\"http://127.0.0.1/cb\"]";

  private TestServer server;

  @BeforeAll
  void open(@TempDir Path dataDir) {
    server = new TestServer(dataDir);
  }

  @BeforeEach
  void refillTheAllowance() {
    server.clock.advance(Duration.ofHours(1));
  }

  @AfterAll
  void close() {
    server.close();
  }

  @Test
  void echoesWhatItRegistered() {
    AuthReply reply =
        registration(
            server,
            """
            {"client_name":"MCP Inspector","redirect_uris":["http://127.0.0.1:6274/cb","cursor://x/cb"],
             "application_type":"web","token_endpoint_auth_method":"none",
             "grant_types":["authorization_code","refresh_token",
               "urn:ietf:params:oauth:grant-type:device_code"],
             "response_types":["code"],"logo_uri":"https://evil.example/x.png","scope":"openid"}
            """);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(header(reply, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(reply, "Access-Control-Allow-Origin")).isEqualTo("*");
    JsonNode body = json(reply);
    assertThat(body.get("client_id").asString()).startsWith("dcr_");
    assertThat(body.get("client_id_issued_at").asLong())
        .isEqualTo(server.clock.instant().getEpochSecond());
    assertThat(body.get("client_name").asString()).isEqualTo("MCP Inspector");
    assertThat(body.get("application_type").asString()).isEqualTo("web");
    assertThat(body.get("redirect_uris"))
        .hasToString("[\"http://127.0.0.1:6274/cb\",\"cursor://x/cb\"]");
    assertThat(body.get("token_endpoint_auth_method").asString()).isEqualTo("none");
    assertThat(body.get("grant_types")).hasToString("[\"authorization_code\",\"refresh_token\"]");
    assertThat(body.get("response_types")).hasToString("[\"code\"]");
    assertThat(body.has("client_secret")).isFalse();
    assertThat(body.has("logo_uri")).isFalse();
  }

  @Test
  void defaultsAreThoseOfTheRfc() {
    JsonNode body = json(registration(server, "{" + URI + "}"));

    assertThat(body.get("token_endpoint_auth_method").asString()).isEqualTo("client_secret_basic");
    assertThat(body.get("client_secret").asString()).startsWith("dwk_").hasSizeGreaterThan(40);
    assertThat(body.get("client_secret_expires_at").asInt()).isZero();
    assertThat(body.get("application_type").asString()).isEqualTo("native");
    assertThat(body.get("client_name").asString()).isEqualTo("Unnamed app");
  }

  @Test
  void nameIsMadeSafe() {
    JsonNode body =
        json(registration(server, "{\"client_name\":\"\\u202eEvil\\u0007\"," + URI + "}"));

    assertThat(body.get("client_name").asString()).isEqualTo("Evil");
  }

  @Test
  void programWithoutABrowserNeedsNoRedirectAndCannotSendPeopleAnywhere() {
    JsonNode body =
        json(
            registration(
                server,
                """
                {"client_name":"TV","token_endpoint_auth_method":"none",
                 "grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"]}
                """));

    assertThat(body.get("redirect_uris")).isEmpty();
    assertThat(body.get("response_types")).isEmpty();
    assertThat(body.get("grant_types").get(0).asString()).endsWith(":device_code");
    TestClient tv = TestClient.known(server, body.get("client_id").asString());
    assertThat(server.visitor().get(tv.authorizeUrl("notes")).status()).isEqualTo(400);
    Map<String, String> bare = tv.request("notes");
    bare.remove("redirect_uri");
    assertThat(server.visitor().get("/authorize?" + Visitor.form(bare)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // body | error | reason
        "[]                                             | invalid_client_metadata | json_malformed",
        "{                                              | invalid_client_metadata | json_malformed",
        "{} {}                                          | invalid_client_metadata | json_malformed",
        "{\"a\":1,\"a\":2}                              | invalid_client_metadata | json_malformed",
        "{}                                             | invalid_redirect_uri    | redirect_refused",
        "{\"redirect_uris\":[]}                         | invalid_redirect_uri    | redirect_refused",
        "{\"redirect_uris\":\"https://a.example/\"}     | invalid_redirect_uri    | redirect_refused",
        "{\"redirect_uris\":[1]}                        | invalid_redirect_uri    | redirect_refused",
        "{\"redirect_uris\":[\"javascript://a/\"]}      | invalid_redirect_uri    | redirect_refused",
        "{\"redirect_uris\":[\"https://a.example/\",\"http://b.example/\"]} | invalid_redirect_uri |"
            + " redirect_refused",
        "{U,\"token_endpoint_auth_method\":\"private_key_jwt\"} | invalid_client_metadata |"
            + " client_metadata_refused",
        "{U,\"application_type\":\"toaster\"} | invalid_client_metadata | client_metadata_refused",
        "{U,\"grant_types\":[\"implicit\"]}   | invalid_client_metadata | client_metadata_refused",
        "{U,\"response_types\":[\"token\"]}   | invalid_client_metadata | client_metadata_refused",
      })
  void badMetadataIsRefused(String body, String error, String reason) {
    AuthReply reply = registration(server, body.replace("U", URI));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).get("error").asString()).isEqualTo(error);
    assertThat(json(reply).get("reason").asString()).isEqualTo(reason);
  }

  @Test
  void moreThanTenRedirectsAreRefused() {
    String eleven = "\"https://a.example/\",".repeat(10) + "\"https://a.example/\"";

    assertThat(registration(server, "{\"redirect_uris\":[" + eleven + "]}").status())
        .isEqualTo(400);
  }

  @Test
  void bodyOfMoreThan8KibIsRefused() {
    AuthReply reply = registration(server, "{\"x\":\"" + "y".repeat(8192) + "\"," + URI + "}");

    assertThat(reply.status()).isEqualTo(413);
    assertThat(json(reply).get("reason").asString()).isEqualTo("http_body_too_large");
  }

  @Test
  void otherContentTypeIsRefused() {
    AuthReply reply =
        server.call(
            "POST", "/register", Map.of("content-type", List.of("text/plain")), "{" + URI + "}");

    assertThat(json(reply).get("reason").asString()).isEqualTo("http_content_type_refused");
  }

  @Test
  void oneNetworkRegistersSixtyAnHourAndOthersGoOn() {
    for (int i = 0; i < 60; i++) {
      assertThat(registration(server, "{" + URI + "}").status()).isEqualTo(201);
    }

    AuthReply limited = registration(server, "{" + URI + "}");
    assertThat(limited.status()).isEqualTo(429);
    assertThat(json(limited).get("reason").asString()).isEqualTo("client_limit");
    assertThat(header(limited, "Retry-After")).isEqualTo("60");

    Map<String, List<String>> headers = Map.of("content-type", List.of("application/json"));
    assertThat(server.call("POST", "/register", headers, "{" + URI + "}", "198.51.100.1").status())
        .isEqualTo(201);
    server.clock.advance(Duration.ofMinutes(1));
    assertThat(registration(server, "{" + URI + "}").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    // registered method, how it comes, whether the secret is right, status with a bad code
    "client_secret_basic, basic, true, 400",
    "client_secret_basic, basic, false, 401",
    "client_secret_basic, post, true, 401",
    "client_secret_basic, none, true, 401",
    "client_secret_post, post, true, 400",
    "client_secret_post, post, false, 401",
    "client_secret_post, basic, true, 401",
    "none, none, true, 400",
    "none, post, false, 401",
    "none, basic, false, 401",
  })
  void clientAuthenticatesByTheMethodThatItRegistered(
      String registered, String sent, boolean right, int status) {
    JsonNode client =
        json(
            registration(
                server, "{\"token_endpoint_auth_method\":\"" + registered + "\"," + URI + "}"));
    String id = client.get("client_id").asString();
    String secret =
        right && client.has("client_secret") ? client.get("client_secret").asString() : "wrong";
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of("application/x-www-form-urlencoded"));
    String form = "grant_type=authorization_code&code=x";
    switch (sent) {
      case "basic" ->
          headers.put(
              "authorization",
              List.of(
                  "Basic "
                      + Base64.getEncoder()
                          .encodeToString(
                              (id + ":" + secret).getBytes(StandardCharsets.US_ASCII))));
      case "post" -> form += "&client_id=" + id + "&client_secret=" + secret;
      default -> form += "&client_id=" + id;
    }

    AuthReply reply = server.call("POST", "/token", headers, form);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(json(reply).get("error").asString())
        .isEqualTo(status == 401 ? "invalid_client" : "invalid_grant");
    assertThat(header(reply, "WWW-Authenticate").startsWith("Basic"))
        .isEqualTo(status == 401 && sent.equals("basic"));
  }

  @Test
  void clientThatNobodyKnowsIs401() {
    AuthReply reply =
        server.call(
            "POST",
            "/token",
            Map.of("content-type", List.of("application/x-www-form-urlencoded")),
            "grant_type=refresh_token&refresh_token=x&client_id=dcr_unknown");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_client");
    assertThat(json(reply).get("reason").asString()).isEqualTo("client_unknown");
  }
}
