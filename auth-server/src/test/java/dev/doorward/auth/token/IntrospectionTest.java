package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a resource server learns of a token, and who is one. */
class IntrospectionTest {
  private static final ServiceName NOTES = new ServiceName("notes");

  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private JsonNode tokens;
  private ResourceServers.Added notes;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    tokens = client.tokens("ada", "notes");
    notes = ok(server.server().resourceServers().add("notes-host", Set.of(NOTES)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AuthReply ask(String authorization, String token) {
    return server.call(
        "POST",
        "/introspect",
        Map.of(
            "content-type",
            List.of("application/x-www-form-urlencoded"),
            "authorization",
            List.of(authorization)),
        Visitor.form(Map.of("token", token)));
  }

  private static String basic(String id, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((id + ":" + secret).getBytes(StandardCharsets.US_ASCII));
  }

  private AuthReply ask(ResourceServers.Added by, String token) {
    return ask(basic(by.server().id(), by.secret()), token);
  }

  private String access() {
    return tokens.get("access_token").asString();
  }

  @Test
  void tellsWhatTheTokenOfItsServiceIsWorth() {
    AuthReply reply = ask(notes, access());

    assertThat(Visitor.header(reply, "Cache-Control")).isEqualTo("no-store");
    JsonNode body = json(reply);
    assertThat(body.get("active").asBoolean()).isTrue();
    assertThat(body.get("iss").asString()).isEqualTo("https://edge.example");
    assertThat(body.get("aud").asString()).isEqualTo("https://edge.example/notes/mcp");
    assertThat(body.get("client_id").asString()).isEqualTo(client.id());
    assertThat(body.get("username").asString()).isEqualTo("ada");
    assertThat(body.get("scope").asString()).isEqualTo("mcp");
    assertThat(body.get("token_type").asString()).isEqualTo("Bearer");
    assertThat(body.get("exp").asLong() - body.get("iat").asLong()).isEqualTo(600);
  }

  @Test
  void idAndSecretMayBeFormEncodedAsTheRfcWants() {
    String id = notes.server().id().replace("_", "%5F").replace("-", "%2D");
    String secret = notes.secret().replace("_", "%5F").replace("-", "%2D");

    assertThat(json(ask(basic(id, secret), access())).get("active").asBoolean()).isTrue();
    assertThat(ask(basic(id, secret + "%00"), access()).status()).isEqualTo(401);
  }

  @Test
  void everythingElseIsInactiveAndNothingMore() {
    ResourceServers.Added mail =
        ok(
            server
                .server()
                .resourceServers()
                .add("mail-host", Set.of(new ServiceName("mail"), new ServiceName("files"))));
    String tampered = access().substring(0, access().length() - 4) + "AAAA";

    for (String token :
        List.of("nonsense", tampered, tokens.get("refresh_token").asString(), "x".repeat(20_000))) {
      assertThat(Visitor.text(ask(notes, token))).isEqualTo("{\"active\":false}");
    }
    assertThat(Visitor.text(ask(mail, access())))
        .as("of another service")
        .isEqualTo("{\"active\":false}");
  }

  @Test
  void tokenThatEndedOrWasRevokedIsInactiveAtOnce() {
    server.clock.advance(Duration.ofMinutes(10));
    assertThat(json(ask(notes, access())).get("active").asBoolean())
        .as("to the second, whatever verifiers forgive")
        .isFalse();

    String other = client.tokens("ada", "notes").get("access_token").asString();
    assertThat(json(ask(notes, other)).get("active").asBoolean()).isTrue();
    client.post("/revoke", Map.of("token", other, "client_id", client.id()));
    assertThat(json(ask(notes, other)).get("active").asBoolean()).isFalse();
  }

  @Test
  void onlyAResourceServerMayAsk() {
    String id = notes.server().id();
    for (String authorization :
        List.of(
            basic(id, "dwx_wrong"),
            basic("rs_nobody", notes.secret()),
            basic(client.id(), ""),
            "Basic %%%",
            "Basic bm9jb2xvbg==",
            "Bearer " + access())) {
      AuthReply reply = ask(authorization, access());
      assertThat(reply.status()).as(authorization).isEqualTo(401);
      assertThat(json(reply).get("error").asString()).isEqualTo("invalid_client");
      assertThat(Visitor.header(reply, "WWW-Authenticate")).startsWith("Basic ");
    }
    AuthReply none = client.post("/introspect", Map.of("token", access()));
    assertThat(none.status()).isEqualTo(401);
  }

  @Test
  void oneThatWasRemovedMayNotAskAnyMore() {
    ok(server.server().resourceServers().remove("notes-host"));

    assertThat(ask(notes, access()).status()).isEqualTo(401);
    assertThat(problem(server.server().resourceServers().remove("notes-host")).reason())
        .isEqualTo(Reason.RESOURCE_SERVER_UNKNOWN);
    assertThat(server.notes.events()).contains("resource_server_added", "resource_server_removed");
  }

  @Test
  void namesAreUniqueAndPlainAndTheSecretIsStoredNowhere() throws Exception {
    var servers = server.server().resourceServers();
    assertThat(problem(servers.add("notes-host", Set.of(NOTES))).reason())
        .isEqualTo(Reason.RESOURCE_SERVER_EXISTS);
    assertThat(problem(servers.add("No Name", Set.of(NOTES))).reason()).isEqualTo(Reason.USAGE);
    assertThat(problem(servers.add("empty", Set.of())).reason()).isEqualTo(Reason.USAGE);
    assertThat(servers.list()).extracting(s -> s.name()).containsExactly("notes-host");
    for (Path file : server.files()) {
      assertThat(java.nio.file.Files.readAllBytes(file))
          .asString(StandardCharsets.ISO_8859_1)
          .doesNotContain(notes.secret());
    }
    assertThat(server.notes.fields()).noneMatch(field -> field.contains(notes.secret()));
  }

  @Test
  void takesOneTokenInAForm() {
    AuthReply reply =
        server.call(
            "POST",
            "/introspect",
            Map.of("authorization", List.of(basic(notes.server().id(), notes.secret()))),
            "{}");
    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_request");
  }

  @Test
  void metadataNamesIt() {
    JsonNode metadata =
        json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""));
    assertThat(metadata.get("introspection_endpoint").asString())
        .isEqualTo("https://edge.example/introspect");
  }

  @Test
  void thoseWhoGuessAreSlowedDown() {
    for (int i = 0; i < 600; i++) {
      ask(basic(notes.server().id(), "dwx_guess"), "x");
    }
    AuthReply limited = ask(notes, access());
    assertThat(limited.status()).isEqualTo(429);
    assertThat(Visitor.header(limited, "Retry-After")).isNotEmpty();
  }
}
