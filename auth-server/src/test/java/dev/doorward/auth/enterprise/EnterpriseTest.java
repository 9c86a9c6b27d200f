package dev.doorward.auth.enterprise;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The word of an identity provider in place of a consent (ID-JAG). */
class EnterpriseTest {
  private static final String ACME = "https://login.acme.example";
  private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  private static final String YAML =
      "enterprise: { acme: { issuer: 'https://login.acme.example',"
          + " jwks-url: 'https://login.acme.example/keys' } }";

  @TempDir Path dataDir;
  private final AtomicInteger fetches = new AtomicInteger();
  private ECKey key;
  private volatile Optional<String> jwks = Optional.empty();
  private TestServer server;
  private String clientId;
  private String secret;

  @BeforeEach
  void open() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    jwks = Optional.of(new JWKSet(key).toString());
    server = new TestServer(dataDir, YAML);
    server.providers.put(
        ACME,
        () -> {
          fetches.incrementAndGet();
          return jwks;
        });
    server.restart();
    JsonNode registered =
        json(
            TestClient.registration(
                server,
                """
                {"client_name":"Acme bot","redirect_uris":["https://bot.acme.example/cb"],
                 "token_endpoint_auth_method":"client_secret_post"}
                """));
    clientId = registered.get("client_id").asString();
    secret = registered.get("client_secret").asString();
    ok(server.server().enterprise().link(ACME, "00u1", "ada"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Map<String, Object> claims() {
    long now = server.clock.instant().getEpochSecond();
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", ACME);
    claims.put("sub", "00u1");
    claims.put("aud", TestServer.ISSUER.value());
    claims.put("client_id", clientId);
    claims.put("resource", "https://edge.example/notes/mcp");
    claims.put("scope", "mcp");
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("iat", now);
    claims.put("exp", now + 300);
    return claims;
  }

  private static JWSHeader.Builder header() {
    return new JWSHeader.Builder(JWSAlgorithm.ES256)
        .type(new JOSEObjectType("oauth-id-jag+jwt"))
        .keyID("k1");
  }

  private String sign(JWSHeader header, Map<String, Object> claims) {
    try {
      var jws = new JWSObject(header, new Payload(claims));
      jws.sign(new ECDSASigner(key));
      return jws.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private String assertion() {
    return sign(header().build(), claims());
  }

  private AuthReply send(String assertion, String... more) {
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", GRANT);
    form.put("client_id", clientId);
    form.put("client_secret", secret);
    form.put("assertion", assertion);
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return TestClient.known(server, clientId).post("/token", form);
  }

  private void refused(AuthReply reply) {
    assertThat(json(reply).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(json(reply).get("reason").asString()).isEqualTo("assertion_refused");
  }

  @Test
  void givesATokenForThePersonWithoutARefreshToken() {
    JsonNode tokens = json(send(assertion()));

    AccessToken access = server.verified(tokens.get("access_token").asString(), "notes");
    assertThat(access.person()).isEqualTo("ada");
    assertThat(access.client().value()).isEqualTo(clientId);
    assertThat(server.server().revocations().isRevoked(access)).isFalse();
    assertThat(tokens.has("refresh_token")).isFalse();
    assertThat(server.notes.last().fields()).containsEntry("provider", ACME);
  }

  @Test
  void worksOnceOverARestartToo() {
    String assertion = assertion();
    assertThat(send(assertion).status()).isEqualTo(200);

    refused(send(assertion));
    server.restart();
    refused(send(assertion));
    assertThat(send(assertion()).status()).as("another one").isEqualTo(200);
  }

  @Test
  void isOneGrantHoweverManyAssertionsCome() {
    String first = json(send(assertion())).get("access_token").asString();
    server.clock.advance(Duration.ofMinutes(8));
    String second = json(send(assertion())).get("access_token").asString();

    String grant = server.verified(second, "notes").grant();
    assertThat(server.verified(first, "notes").grant()).isEqualTo(grant);
    server.clock.advance(Duration.ofMinutes(8));
    server.call("GET", "/jwks", Map.of(), "");
    assertThat(server.server().revocations().isRevoked(server.verified(second, "notes")))
        .as("not swept while its last token lives")
        .isFalse();
  }

  static Stream<Arguments> claimsToRefuse() {
    return Stream.of(
        Arguments.of("iss", "https://evil.example"),
        Arguments.of("iss", null),
        Arguments.of("aud", "https://edge.example/"),
        Arguments.of("aud", List.of("https://edge.example", "https://other.example")),
        Arguments.of("aud", null),
        Arguments.of("client_id", "dcr_other"),
        Arguments.of("client_id", null),
        Arguments.of("resource", "https://evil.example/mcp"),
        Arguments.of("resource", List.of("https://edge.example/notes/mcp")),
        Arguments.of("resource", null),
        Arguments.of("sub", "nobody"),
        Arguments.of("sub", "ada"),
        Arguments.of("sub", null),
        Arguments.of("jti", ""),
        Arguments.of("jti", null),
        Arguments.of("jti", "x".repeat(257)),
        Arguments.of("exp", null),
        Arguments.of("iat", null),
        Arguments.of("exp", 1_000),
        Arguments.of("exp", 4_000_000_000L),
        Arguments.of("iat", 4_000_000_000L),
        Arguments.of("nbf", 4_000_000_000L),
        Arguments.of("scope", 7));
  }

  @ParameterizedTest
  @MethodSource("claimsToRefuse")
  void claimThatIsWrongIsRefused(String claim, Object value) {
    Map<String, Object> claims = claims();
    if (value == null) {
      claims.remove(claim);
    } else {
      claims.put(claim, value);
    }

    refused(send(sign(header().build(), claims)));
  }

  @Test
  void headerOfAnotherKindIsRefused() throws Exception {
    refused(send(sign(header().type(JOSEObjectType.JWT).build(), claims())));
    refused(send(sign(header().type(new JOSEObjectType("at+jwt")).build(), claims())));
    refused(send(sign(header().type(null).build(), claims())));
    refused(send(sign(header().keyID(null).build(), claims())));
    refused(
        send(sign(header().jwkURL(java.net.URI.create("https://evil.example")).build(), claims())));
    refused(send(sign(header().jwk(key.toPublicJWK()).build(), claims())));
    var hmac =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("oauth-id-jag+jwt"))
                .keyID("k1")
                .build(),
            new Payload(claims()));
    hmac.sign(new MACSigner(key.toPublicJWK().toJSONString()));
    refused(send(hmac.serialize()));
    refused(send("nonsense"));
    refused(send("x".repeat(9_000)));
    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    refused(send(assertion()));
  }

  @Test
  void onlyAClientThatAuthenticatesMayUseIt() {
    TestClient open = TestClient.register(server);
    AuthReply reply =
        open.post(
            "/token",
            Map.of("grant_type", GRANT, "client_id", open.id(), "assertion", assertion()));
    assertThat(json(reply).get("error").asString()).isEqualTo("unauthorized_client");

    AuthReply wrong = send(assertion(), "client_secret", "dwk_wrong");
    assertThat(wrong.status()).isEqualTo(401);
  }

  @Test
  void resourceAndScopeOfTheRequestStayWithinTheAssertion() {
    assertThat(
            json(send(assertion(), "resource", "https://edge.example/mail/mcp"))
                .get("error")
                .asString())
        .isEqualTo("invalid_target");
    assertThat(json(send(assertion(), "scope", "mcp admin")).get("error").asString())
        .isEqualTo("invalid_scope");
    assertThat(send(assertion(), "scope", "mcp").status()).isEqualTo(200);
  }

  @Test
  void personMustBeKnownHereAndMayUseTheService() {
    ok(server.server().people().allow("ada", Set.of()));
    refused(send(assertion()));
    ok(server.server().people().remove("ada"));
    refused(send(assertion()));
    assertThat(server.server().enterprise().list()).isEmpty();
  }

  @Test
  void operatorLinksAndUnlinksPeople() {
    Enterprise enterprise = server.server().enterprise();
    assertThat(problem(enterprise.link("https://evil.example", "x", "ada")).reason())
        .isEqualTo(Reason.USAGE);
    assertThat(problem(enterprise.link(ACME, "x", "nobody")).reason())
        .isEqualTo(Reason.PERSON_UNKNOWN);
    assertThat(problem(enterprise.link(ACME, "00u1", "ben")).text()).contains("already");
    ok(enterprise.unlink(ACME, "00u1"));
    assertThat(problem(enterprise.unlink(ACME, "00u1")).reason()).isEqualTo(Reason.PERSON_UNKNOWN);

    refused(send(assertion()));
    assertThat(server.notes.events()).contains("enterprise_linked", "enterprise_unlinked");
  }

  @Test
  void keysAreAskedForAnewWhereOneIsUnknownButNotForEveryForgery() throws Exception {
    send(assertion());
    assertThat(fetches).hasValue(1);
    ECKey second = new ECKeyGenerator(Curve.P_256).keyID("k2").generate();
    jwks = Optional.of(new JWKSet(List.of(key, second)).toString());
    key = second;
    String rotated = sign(header().keyID("k2").build(), claims());
    refused(send(rotated));
    assertThat(fetches).as("not again within a minute").hasValue(1);

    server.clock.advance(Duration.ofSeconds(61));
    assertThat(send(sign(header().keyID("k2").build(), claims())).status()).isEqualTo(200);
    assertThat(fetches).hasValue(2);
  }

  @Test
  void providerThatDoesNotAnswerIsTakenAtItsLastWordForADay() {
    send(assertion());
    jwks = Optional.empty();
    server.clock.advance(Duration.ofHours(23));
    assertThat(send(assertion()).status()).isEqualTo(200);
    server.clock.advance(Duration.ofHours(2));
    refused(send(assertion()));
  }

  @Test
  void withoutAProviderThereIsNoSuchGrant(@TempDir Path other) {
    try (TestServer plain = new TestServer(other)) {
      TestClient client = TestClient.register(plain);
      AuthReply reply =
          client.post(
              "/token",
              Map.of("grant_type", GRANT, "client_id", client.id(), "assertion", assertion()));
      assertThat(json(reply).get("error").asString()).isEqualTo("unsupported_grant_type");
      JsonNode metadata =
          json(plain.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""));
      assertThat(metadata.get("grant_types_supported").toString()).doesNotContain("jwt-bearer");
    }
    JsonNode metadata =
        json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""));
    assertThat(metadata.get("grant_types_supported").toString()).contains(GRANT);
  }
}
