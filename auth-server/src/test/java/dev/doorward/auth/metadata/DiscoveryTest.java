package dev.doorward.auth.metadata;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.identity.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiscoveryTest {
  private static final String SERVER = "/.well-known/oauth-authorization-server";
  private static final String RESOURCE = "/.well-known/oauth-protected-resource";

  private TestServer server;

  @BeforeAll
  void open(@TempDir Path dataDir) {
    server = new TestServer(dataDir);
  }

  @AfterAll
  void close() {
    server.close();
  }

  private AuthReply get(String path) {
    return server.call("GET", path, Map.of(), "");
  }

  @Test
  void serverDocumentIsWhatTheLibraryUnderstandsAndWhatIsThere() throws Exception {
    AuthReply reply = get(SERVER);

    AuthorizationServerMetadata metadata = AuthorizationServerMetadata.parse(text(reply));
    assertThat(metadata.getIssuer().getValue()).isEqualTo("https://edge.example");
    assertThat(metadata.getAuthorizationEndpointURI())
        .hasToString("https://edge.example/authorize");
    assertThat(metadata.getTokenEndpointURI()).hasToString("https://edge.example/token");
    assertThat(metadata.getRegistrationEndpointURI()).hasToString("https://edge.example/register");
    assertThat(metadata.getRevocationEndpointURI()).hasToString("https://edge.example/revoke");
    assertThat(metadata.getJWKSetURI()).hasToString("https://edge.example/jwks");
    assertThat(metadata.getCodeChallengeMethods()).hasToString("[S256]");
    assertThat(metadata.supportsAuthorizationResponseIssuerParam()).isTrue();
    assertThat(metadata.getGrantTypes())
        .hasToString(
            "[authorization_code, refresh_token, client_credentials,"
                + " urn:ietf:params:oauth:grant-type:device_code]");
    assertThat(metadata.getTokenEndpointAuthMethods())
        .hasToString("[none, client_secret_basic, client_secret_post, private_key_jwt]");
    assertThat(metadata.getScopes().toStringList()).containsExactly("mcp");
    assertThat(metadata.getIntrospectionEndpointURI())
        .hasToString("https://edge.example/introspect");
    assertThat(metadata.getIntrospectionEndpointAuthMethods()).hasToString("[client_secret_basic]");
    assertThat(json(reply).get("client_id_metadata_document_supported").asBoolean()).isTrue();
  }

  @Test
  void resourceDocumentNamesItsOwnUrlWhetherTheServiceExistsOrNot() {
    for (String service : List.of("notes", "no-such-service")) {
      AuthReply reply = get(RESOURCE + "/" + service + "/mcp");

      assertThat(reply.status()).isEqualTo(200);
      assertThat(text(reply))
          .isEqualTo(
              "{\"resource\":\"https://edge.example/"
                  + service
                  + "/mcp\",\"authorization_servers\":[\"https://edge.example\"],"
                  + "\"scopes_supported\":[\"mcp\"],\"bearer_methods_supported\":[\"header\"],"
                  + "\"dpop_signing_alg_values_supported\":[\"ES256\"],"
                  + "\"dpop_bound_access_tokens_required\":false}");
    }
  }

  @Test
  void rootFormIsTheDefaultServicesOrNotThere(@TempDir Path other) {
    assertThat(get(RESOURCE).status()).isEqualTo(404);
    var service = Optional.of(new ServiceName("mail"));
    try (TestServer withDefault = new TestServer(other, service, new SetClock())) {
      AuthReply reply = withDefault.call("GET", RESOURCE, Map.of(), "");

      assertThat(json(reply).get("resource").asString()).isEqualTo("https://edge.example/mail/mcp");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/notes/mcp",
        "/.well-known/oauth-authorization-server/notes/mcp",
        "/.well-known/oauth-authorization-server/",
        "/.well-known/oauth-protected-resource/",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/notes",
        "/.well-known/oauth-protected-resource/notes/mcp/",
        "/.well-known/oauth-protected-resource/notes/mcp/x",
        "/.well-known/oauth-protected-resource//mcp",
        "/.well-known/oauth-protected-resource/token/mcp",
        "/.well-known/oauth-protected-resource/UPPER/mcp",
        "/.well-known/oauth-protected-resource/a_b/mcp",
        "/.well-known/",
        "/.well-known/change-password",
      })
  void everyOtherWellKnownDocumentIsAJson404(String path) {
    AuthReply reply = get(path);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(header(reply, "Content-Type")).isEqualTo("application/json");
    assertThat(json(reply).get("reason").asString()).isEqualTo("route_unknown");
  }

  @Test
  void forgedHostChangesNothing() {
    Map<String, List<String>> headers =
        Map.of("host", List.of("evil.example"), "x-forwarded-host", List.of("evil.example"));

    assertThat(text(server.call("GET", SERVER, headers, ""))).isEqualTo(text(get(SERVER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {SERVER, RESOURCE + "/notes/mcp", "/jwks", "/.well-known/other"})
  void pagesOfAnyOriginMayRead(String path) {
    AuthReply reply = get(path);
    AuthReply preflight = server.call("OPTIONS", path, Map.of(), "");

    assertThat(header(reply, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(reply, "Access-Control-Allow-Credentials")).isEmpty();
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(preflight, "Access-Control-Allow-Methods")).contains("GET", "OPTIONS");
    assertThat(header(preflight, "Access-Control-Allow-Headers"))
        .contains("Authorization", "MCP-Protocol-Version");
  }

  @Test
  void keysArePublicOnlyAndCacheable() throws Exception {
    AuthReply reply = get("/jwks");

    JWKSet keys = JWKSet.parse(text(reply));
    assertThat(keys.getKeys()).isNotEmpty().noneMatch(key -> key.isPrivate());
    assertThat(header(reply, "Cache-Control")).isEqualTo("public, max-age=300");
  }
}
