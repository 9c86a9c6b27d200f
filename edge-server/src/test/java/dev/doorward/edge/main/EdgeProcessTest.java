package dev.doorward.edge.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.edge.admin.AdminClient;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EdgeProcessTest {
  @TempDir private Path temp;
  private @Nullable EdgeProcess running;
  private int port;

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  private Path dataDir() {
    return temp.resolve("data");
  }

  private Outcome<EdgeProcess> start(EdgeConfig config) {
    return EdgeProcess.start(config, InstantSource.system(), new SecureRandom());
  }

  private void start() throws Exception {
    port = ServedEdge.freePort();
    running = ServedEdge.value(start(EdgeConfigs.of(dataDir(), port, "limits: { drain: 1s }")));
  }

  private static Reason reason(Outcome<?> outcome) {
    return ((Outcome.Failed<?>) outcome).problem().reason();
  }

  private static String text(Outcome<?> outcome) {
    return ((Outcome.Failed<?>) outcome).problem().text();
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
            .POST(HttpRequest.BodyPublishers.ofString(body)),
        headers);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)), headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(Files.readAllBytes(dataDir().resolve("ca.pem")))));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private JsonNode ask(String method, String path, @Nullable Object body) {
    return ServedEdge.value(new AdminClient(dataDir()).ask(method, path, body));
  }

  @Test
  void discoveryIsServedByTheAuthorizationServer() throws Exception {
    start();
    String issuer = "https://localhost:" + port;

    HttpResponse<String> server = get("/.well-known/oauth-authorization-server");
    assertThat(server.statusCode()).isEqualTo(200);
    assertThat(new JsonMapper().readTree(server.body()).path("issuer").asString())
        .isEqualTo(issuer);
    HttpResponse<String> resource =
        get("/.well-known/oauth-protected-resource/notes/mcp", "Origin", "https://any.example");
    JsonNode metadata = new JsonMapper().readTree(resource.body());
    assertThat(metadata.path("resource").asString()).isEqualTo(issuer + "/notes/mcp");
    assertThat(metadata.path("authorization_servers").path(0).asString()).isEqualTo(issuer);
    assertThat(resource.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/notes/mcp",
        "/notes/mcp/.well-known/openid-configuration",
        "/nothing"
      })
  void everyOtherPathIsAPlain404InJson(String path) throws Exception {
    start();
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
    assertThat(new JsonMapper().readTree(answer.body()).isObject()).isTrue();
  }

  @Test
  void aSecondEdgeOnTheSameDataDirectoryIsRefused() throws Exception {
    start();
    Outcome<EdgeProcess> second = start(EdgeConfigs.of(dataDir(), ServedEdge.freePort(), ""));

    assertThat(reason(second)).isEqualTo(Reason.STORE_LOCKED);
    assertThat(text(second)).contains(dataDir().toString());
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aPortInUseIsToldAndEverythingIsLetGo() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Outcome<EdgeProcess> refused = start(EdgeConfigs.of(dataDir(), taken.getLocalPort(), ""));
      assertThat(reason(refused)).isEqualTo(Reason.PORT_IN_USE);
      assertThat(text(refused)).contains("127.0.0.1:" + taken.getLocalPort());
    }
    start();
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aDatabaseThatIsNoneIsToldInOneSentence() throws Exception {
    Files.createDirectories(
        dataDir(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(dataDir().resolve("doorward.db"), "this is no database".repeat(1000));

    Outcome<EdgeProcess> refused = start(EdgeConfigs.of(dataDir(), ServedEdge.freePort(), ""));

    assertThat(reason(refused)).isEqualTo(Reason.STORE_FAILED);
    assertThat(text(refused)).contains("doorward.db");
  }

  @Test
  void aPathTooLongForASocketIsTold() throws Exception {
    Path deep = temp.resolve("a".repeat(100));
    Outcome<EdgeProcess> refused = start(EdgeConfigs.of(deep, ServedEdge.freePort(), ""));

    assertThat(reason(refused)).isEqualTo(Reason.CONFIG_VALUE_REFUSED);
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    start();
    Path certificate = dataDir().resolve("ca.pem");
    Path key = temp.resolve("key.pem");
    Files.writeString(
        key,
        """
        -----BEGIN PRIVATE KEY-----
        %s
        -----END PRIVATE KEY-----
        """
            .formatted(
                java.util.Base64.getMimeEncoder()
                    .encodeToString(
                        java.security.KeyPairGenerator.getInstance("EC")
                            .generateKeyPair()
                            .getPrivate()
                            .getEncoded())));

    Outcome<EdgeProcess> refused =
        start(
            EdgeConfigs.of(
                temp.resolve("other"),
                ServedEdge.freePort(),
                "tls: { certificate: '%s', key: '%s' }".formatted(certificate, key)));
    assertThat(reason(refused)).isEqualTo(Reason.CONFIG_VALUE_REFUSED);
    assertThat(text(refused)).contains("is not that of");

    Files.writeString(key, "nothing");
    assertThat(
            text(
                start(
                    EdgeConfigs.of(
                        temp.resolve("other"),
                        ServedEdge.freePort(),
                        "tls: { certificate: '%s', key: '%s' }".formatted(certificate, key)))))
        .contains("no private key");
  }

  @Test
  void theOperatorsSocketIsForItsOwnerAndAnswers() throws Exception {
    start();

    assertThat(Files.getPosixFilePermissions(dataDir().resolve("admin.sock")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(ask("GET", "/v1/status", null).path("url").asString())
        .isEqualTo("https://localhost:" + port);
    JsonNode added = ask("POST", "/v1/people", Map.of("name", "ann", "services", List.of("notes")));
    assertThat(added.path("person").path("owner").asBoolean()).isTrue();
    assertThat(added.path("setup_url").asString()).startsWith("https://localhost:" + port + "/");
    JsonNode bob =
        ask(
            "POST",
            "/v1/people",
            Map.of("name", "bob", "services", List.of("notes"), "password", "a long enough one"));
    assertThat(bob.path("signed_up").asBoolean()).isTrue();
    assertThat(ask("GET", "/v1/people", null).path("people").size()).isEqualTo(2);
    JsonNode allowed = ask("POST", "/v1/people/bob/allow", Map.of("services", List.of()));
    assertThat(allowed.path("services").isEmpty()).isTrue();
    assertThat(ask("DELETE", "/v1/people/bob", null).path("name").asString()).isEqualTo("bob");
    assertThat(ask("GET", "/v1/agents", null).path("agents").isEmpty()).isTrue();
    assertThat(ask("GET", "/v1/services", null).path("services").isEmpty()).isTrue();
  }

  @Test
  void theOperatorMakesAndEndsTokensKeysAndResourceServers() throws Exception {
    start();
    var client = new AdminClient(dataDir());
    ask("POST", "/v1/people", Map.of("name", "ann", "password", "a long enough one"));

    JsonNode made =
        ask(
            "POST",
            "/v1/tokens",
            Map.of("person", "ann", "service", "notes", "name", "cron", "life", "12h"));
    assertThat(made.path("secret").asString()).matches("dwp_[0-9A-Za-z]{49}");
    JsonNode token = ask("GET", "/v1/tokens", null).path("tokens").path(0);
    assertThat(token.path("person").asString()).isEqualTo("ann");
    assertThat(token.path("service").asString()).isEqualTo("notes");
    assertThat(token.path("used_at").isNull()).isTrue();
    String path = "/v1/tokens/" + token.path("id").asString();
    assertThat(ask("DELETE", path, null).path("id").asString()).startsWith("pat_");
    assertThat(reason(client.ask("DELETE", path, null))).isEqualTo(Reason.PERSONAL_TOKEN_UNKNOWN);
    for (Map<String, String> wrong :
        List.of(
            Map.of("person", "nobody", "service", "notes", "name", "x", "life", "12h"),
            Map.of("person", "ann", "service", "mcp", "name", "x", "life", "12h"),
            Map.of("person", "ann", "service", "notes", "name", "", "life", "12h"),
            Map.of("person", "ann", "service", "notes", "name", "x", "life", "some days"),
            Map.of("person", "ann", "service", "notes", "name", "x", "life", "91d"))) {
      assertThat(client.ask("POST", "/v1/tokens", wrong)).isInstanceOf(Outcome.Failed.class);
    }

    assertThat(ask("GET", "/v1/keys", null).path("keys").size()).isEqualTo(1);
    String first = ask("GET", "/v1/keys", null).path("keys").path(0).path("kid").asString();
    assertThat(ask("POST", "/v1/keys", Map.of("now", false)).path("keys").size()).isEqualTo(2);
    JsonNode replaced = ask("POST", "/v1/keys", Map.of("now", true)).path("keys");
    assertThat(replaced.size()).isEqualTo(1);
    assertThat(replaced.path(0).path("kid").asString()).isNotEqualTo(first);
    assertThat(get("/jwks").body()).contains(replaced.path(0).path("kid").asString());

    JsonNode server =
        ask(
            "POST",
            "/v1/resource-servers",
            Map.of("name", "notes-host", "services", List.of("notes")));
    assertThat(server.path("server").path("id").asString()).startsWith("rs_");
    assertThat(server.path("secret").asString()).startsWith("dwx_");
    assertThat(ask("GET", "/v1/resource-servers", null).path("resource_servers").size())
        .isEqualTo(1);
    assertThat(ask("DELETE", "/v1/resource-servers/notes-host", null).path("name").asString())
        .isEqualTo("notes-host");

    assertThat(ask("GET", "/v1/clock", null).path("behind_seconds").asLong()).isZero();
    assertThat(ask("POST", "/v1/clock", Map.of()).path("behind_seconds").asLong()).isZero();
  }

  @Test
  void aClientOfTheOperatorsActsByItselfAndIsToldWhichScopeAToolNeeds() throws Exception {
    port = ServedEdge.freePort();
    running =
        ServedEdge.value(
            start(
                EdgeConfigs.of(
                    dataDir(),
                    port,
                    """
                    limits: { drain: 1s }
                    scopes:
                      "notes:write": {service: notes, tools: ["write_*"], describe: Change notes}
                    """)));
    JsonNode added =
        ask(
            "POST",
            "/v1/clients",
            Map.of(
                "name",
                "job",
                "services",
                List.of("notes"),
                "redirects",
                List.of(),
                "method",
                "client_secret_post"));
    String form =
        "grant_type=client_credentials&client_id="
            + added.path("client").path("id").asString()
            + "&client_secret="
            + added.path("secret").asString();
    String call =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
            + "\"params\":{\"name\":\"write_note\"}}";

    HttpResponse<String> refused = call(form, call);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("error=\"insufficient_scope\"", "scope=\"mcp notes:write\"");
    assertThat(call(form, call.replace("write_", "read_")).statusCode())
        .as("permitted, but nobody offers the service")
        .isEqualTo(503);
    assertThat(call(form + "&scope=notes:write", call).statusCode()).isEqualTo(503);
    assertThat(get("/.well-known/oauth-protected-resource/notes/mcp").body())
        .contains("\"scopes_supported\":[\"mcp\",\"notes:write\"]");
  }

  private HttpResponse<String> call(String form, String body) throws Exception {
    HttpResponse<String> answer =
        post("/token", form, "Content-Type", "application/x-www-form-urlencoded");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String token = new JsonMapper().readTree(answer.body()).path("access_token").asString();
    return post(
        "/notes/mcp", body, "Content-Type", "application/json", "Authorization", "Bearer " + token);
  }

  @Test
  void anInviteNamesThisEdgeAndItsAuthority() throws Exception {
    start();
    JsonNode answer =
        ask("POST", "/v1/invites", Map.of("agent", "nas", "services", List.of("notes")));

    assertThat(answer.path("command").asString()).startsWith("doorward agent join dwi1_");
    Invite invite = ServedEdge.value(Invite.parse(answer.path("invite").asString()));
    assertThat(invite.edge()).isEqualTo("localhost:" + port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /v1/nothing", "GET /v2/status", "PUT /v1/people", "GET /"})
  void whatTheOperatorsSocketDoesNotKnowIsTold(String request) throws Exception {
    start();
    List<String> parts = List.of(request.split(" ", -1));

    assertThat(reason(new AdminClient(dataDir()).ask(parts.get(0), parts.get(1), null)))
        .isEqualTo(Reason.ROUTE_UNKNOWN);
  }

  @Test
  void badWordsOfTheOperatorAreToldWithTheirReason() throws Exception {
    start();
    var client = new AdminClient(dataDir());

    assertThat(reason(client.ask("POST", "/v1/invites", Map.of("agent", "Not A Name"))))
        .isEqualTo(Reason.USAGE);
    assertThat(
            reason(
                client.ask(
                    "POST", "/v1/invites", Map.of("agent", "nas", "services", List.of("mcp")))))
        .isEqualTo(Reason.USAGE);
    assertThat(reason(client.ask("POST", "/v1/people/nobody/reset", Map.of())))
        .isEqualTo(Reason.PERSON_UNKNOWN);
    assertThat(reason(client.ask("POST", "/v1/agents/nobody/revoke", Map.of())))
        .isEqualTo(Reason.AGENT_UNKNOWN);
  }

  @Test
  void afterARestartTheAuthorityIsTheSame() throws Exception {
    start();
    String before = Files.readString(dataDir().resolve("ca.pem"));
    stop();
    start();

    assertThat(Files.readString(dataDir().resolve("ca.pem"))).isEqualTo(before);
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void anotherHostIsMisdirected() throws Exception {
    start();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(Files.readAllBytes(dataDir().resolve("ca.pem")))));
    try (var socket =
        (SSLSocket) trusting(store).getSocketFactory().createSocket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(socket.getInputStream().readNBytes(12))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 421");
    }
  }
}
