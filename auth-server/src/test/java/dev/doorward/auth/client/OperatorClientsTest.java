package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.client.OperatorClients.Added;
import dev.doorward.auth.client.OperatorClients.Wanted;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Clients that the operator adds: how they prove themselves, and what they may do by themselves.
 */
class OperatorClientsTest {
  private static final String REDIRECT = "https://portal.example/cb";
  private static final Set<ServiceName> NOTES = Set.of(new ServiceName("notes"));

  @TempDir Path dataDir;
  private TestServer server;
  private ECKey key;

  @BeforeEach
  void open() throws JOSEException {
    server = new TestServer(dataDir);
    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Added add(
      AuthMethod method, Set<ServiceName> services, Optional<String> keys, String... redirects) {
    return ok(
        server
            .server()
            .clients()
            .add(new Wanted("Nightly job", List.of(redirects), services, method, keys, false)));
  }

  private Added basic() {
    return add(AuthMethod.BASIC, NOTES, Optional.empty());
  }

  private Added signing() {
    return add(AuthMethod.ASSERTION, NOTES, Optional.of(key.toPublicJWK().toString()));
  }

  private static String secret(Added added) {
    return added.secret().map(Secret::reveal).orElseThrow();
  }

  private AuthReply token(Optional<String> authorization, Map<String, String> form) {
    return token(authorization, form, "192.0.2.7");
  }

  private AuthReply token(
      Optional<String> authorization, Map<String, String> form, String address) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("content-type", List.of("application/x-www-form-urlencoded"));
    authorization.ifPresent(value -> headers.put("authorization", List.of(value)));
    return server.call("POST", "/token", headers, Visitor.form(form), address);
  }

  private static Optional<String> basic(String id, String secret) {
    return Optional.of(
        "Basic "
            + Base64.getEncoder()
                .encodeToString((id + ":" + secret).getBytes(StandardCharsets.US_ASCII)));
  }

  private static Map<String, String> own(String... more) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return form;
  }

  private String assertion(String client, String jti) {
    try {
      Date now = Date.from(server.clock.instant());
      var jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k1").build(),
              new JWTClaimsSet.Builder()
                  .issuer(client)
                  .subject(client)
                  .audience("https://edge.example")
                  .jwtID(jti)
                  .issueTime(now)
                  .expirationTime(Date.from(server.clock.instant().plusSeconds(60)))
                  .build());
      jwt.sign(new ECDSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private AuthReply asserted(String client, String jti) {
    return token(
        Optional.empty(),
        own(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion",
            assertion(client, jti)));
  }

  private AccessToken verified(AuthReply reply, String service) {
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return server.verified(json(reply).get("access_token").asString(), service);
  }

  @Test
  void actsByItselfAtItsServicesAndNowhereElse() {
    Added added = basic();
    String id = added.client().id().value();
    Optional<String> proof = basic(id, secret(added));

    AuthReply reply = token(proof, own("resource", "https://edge.example/notes/mcp"));
    AccessToken token = verified(reply, "notes");
    assertThat(token.subject().value()).isEqualTo(id);
    assertThat(token.client().value()).isEqualTo(id);
    assertThat(token.person()).isEqualTo("client:Nightly job");
    assertThat(token.scopes()).containsExactly("mcp");
    assertThat(json(reply).has("refresh_token")).isFalse();
    assertThat(server.server().revocations().isRevoked(token)).isFalse();
    assertThat(server.notes.events()).contains("client_added", "token_issued");

    verified(token(proof, own()), "notes");
    for (String other :
        List.of("https://edge.example/mail/mcp", "https://edge.example/none/mcp", "x")) {
      AuthReply refused = token(proof, own("resource", other));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(json(refused).get("error").asString()).isEqualTo("invalid_target");
    }
  }

  @Test
  void clientWithSeveralServicesHasToNameOne() {
    Added added =
        add(
            AuthMethod.BASIC,
            Set.of(new ServiceName("notes"), new ServiceName("mail")),
            Optional.empty());
    Optional<String> proof = basic(added.client().id().value(), secret(added));

    assertThat(json(token(proof, own())).get("error").asString()).isEqualTo("invalid_target");
    verified(token(proof, own("resource", "https://EDGE.example/mail/mcp/")), "mail");
  }

  @Test
  void clientThatWasGivenNothingOrRegisteredItselfMayNotActByItself() {
    Added added = add(AuthMethod.BASIC, Set.of(), Optional.empty(), REDIRECT);
    AuthReply given = token(basic(added.client().id().value(), secret(added)), own());
    AuthReply registered =
        token(Optional.empty(), own("client_id", TestClient.register(server).id()));

    for (AuthReply reply : List.of(given, registered)) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(json(reply).get("error").asString()).isEqualTo("unauthorized_client");
    }
  }

  @Test
  void signsPeopleInWithItsSecret() {
    Added added = add(AuthMethod.BASIC, Set.of(), Optional.empty(), REDIRECT);
    String id = added.client().id().value();
    Map<String, String> request = TestClient.known(server, id).request("notes");
    request.put("redirect_uri", REDIRECT);
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get("/authorize?" + Visitor.form(request)));
    String code = parameter(location(browser.decide(consent, "allow")), "code").orElseThrow();
    Map<String, String> form =
        Map.of(
            "grant_type",
            "authorization_code",
            "code",
            code,
            "redirect_uri",
            REDIRECT,
            "code_verifier",
            TestClient.VERIFIER);

    assertThat(token(basic(id, "wrong"), form).status()).isEqualTo(401);
    AccessToken token = verified(token(basic(id, secret(added)), form), "notes");
    assertThat(token.person()).isEqualTo("ada");
  }

  @Test
  void assertionWorksOnceHoweverManyTryAndOverARestart() throws Exception {
    String id = signing().client().id().value();
    verified(asserted(id, "j1"), "notes");
    assertThat(asserted(id, "j1").status()).isEqualTo(401);
    server.restart();
    assertThat(asserted(id, "j1").status()).isEqualTo(401);

    String same = assertion(id, "j2");
    List<Callable<Integer>> tries =
        Collections.nCopies(
            10,
            () ->
                token(
                        Optional.empty(),
                        own(
                            "client_assertion_type",
                            ClientAssertion.TYPE,
                            "client_assertion",
                            same))
                    .status());
    List<Integer> statuses = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(tries)) {
        statuses.add(each.get());
      }
    }
    assertThat(statuses).containsOnlyOnce(200);
  }

  @Test
  void credentialsComeInOneWayOnly() {
    Added added = basic();
    String id = added.client().id().value();
    String jwt = assertion(id, "j");

    for (Map<String, String> more :
        List.of(
            own("client_secret", secret(added)),
            own("client_assertion", jwt, "client_assertion_type", ClientAssertion.TYPE),
            own("client_id", "app_other"))) {
      assertThat(token(basic(id, secret(added)), more).status()).isEqualTo(401);
    }
    assertThat(asserted(id, "j1").status()).as("registered for a secret").isEqualTo(401);
    assertThat(token(Optional.empty(), own("client_id", id)).status()).isEqualTo(401);
    assertThat(
            token(Optional.empty(), own("client_id", id, "client_secret", secret(added))).status())
        .as("registered for HTTP Basic")
        .isEqualTo(401);
    assertThat(token(Optional.empty(), own("client_assertion", jwt)).status()).isEqualTo(401);
    assertThat(
            token(
                    Optional.empty(),
                    own(
                        "client_assertion_type",
                        ClientAssertion.TYPE,
                        "client_assertion",
                        jwt,
                        "client_id",
                        "app_other"))
                .status())
        .isEqualTo(401);
  }

  @Test
  void guessesOfOneNetworkAreSlowedAndTheClientElsewhereIsNotLockedOut() {
    Added added = basic();
    String id = added.client().id().value();
    for (int i = 0; i < 30; i++) {
      assertThat(token(basic(id, "guess" + i), own(), "203.0.113.9").status()).isEqualTo(401);
    }

    AuthReply limited = token(basic(id, secret(added)), own(), "203.0.113.9");
    assertThat(limited.status()).isEqualTo(429);
    assertThat(json(limited).get("reason").asString()).isEqualTo("address_limited");
    verified(token(basic(id, secret(added)), own()), "notes");
    server.clock.advance(Duration.ofMinutes(1));
    verified(token(basic(id, secret(added)), own(), "203.0.113.9"), "notes");
    assertThat(server.notes.events()).contains("client_unproven");
  }

  @Test
  void removalEndsEveryTokenAtOnceAndForGood() {
    Added added = basic();
    String id = added.client().id().value();
    AccessToken token = verified(token(basic(id, secret(added)), own()), "notes");
    TestClient registered = TestClient.register(server);
    JsonNode tokens = registered.tokens("ada", "notes");
    AccessToken persons = server.verified(tokens.get("access_token").asString(), "notes");
    var told = new ArrayList<String>();
    server.server().revocations().onChange(() -> told.add("changed"));

    ok(server.server().clients().remove(id));
    ok(server.server().clients().remove(registered.id()));

    assertThat(told).hasSize(2);
    assertThat(server.server().revocations().isRevoked(token)).isTrue();
    assertThat(server.server().revocations().isRevoked(persons)).isTrue();
    assertThat(token(basic(id, secret(added)), own()).status()).isEqualTo(401);
    assertThat(registered.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(401);
    server.restart();
    assertThat(server.server().revocations().isRevoked(token)).isTrue();
    assertThat(problem(server.server().clients().remove(id)).reason())
        .isEqualTo(Reason.CLIENT_UNKNOWN);
  }

  @Test
  void tokenOutlivesARestartAndCanBeRevokedByItsClient() {
    Added added = basic();
    String id = added.client().id().value();
    AuthReply reply = token(basic(id, secret(added)), own());
    AccessToken token = verified(reply, "notes");
    server.restart();
    assertThat(server.server().revocations().isRevoked(token)).isFalse();

    Map<String, List<String>> headers =
        Map.of(
            "content-type", List.of("application/x-www-form-urlencoded"),
            "authorization", List.of(basic(id, secret(added)).orElseThrow()));
    server.call("POST", "/revoke", headers, "token=" + json(reply).get("access_token").asString());

    assertThat(server.server().revocations().isRevoked(token)).isTrue();
  }

  @Test
  void clientIsKeptThoughNobodyUsesItAndShownWithItsKind() {
    Added added = basic();
    TestClient.register(server);
    server.clock.advance(Duration.ofDays(30));
    server.visitor().get("/login");

    assertThat(server.server().clients().list())
        .singleElement()
        .satisfies(client -> assertThat(client.id()).isEqualTo(added.client().id()));
    assertThat(ok(server.server().clients().find(added.client().id().value())).name())
        .isEqualTo("Nightly job");
  }

  @Test
  void whatCannotBeAClientIsRefused() {
    String jwk = key.toPublicJWK().toString();
    for (Wanted wrong :
        List.of(
            wanted("", List.of(REDIRECT), Set.of(), AuthMethod.BASIC, Optional.empty()),
            wanted("x", List.of(), Set.of(), AuthMethod.BASIC, Optional.empty()),
            wanted("x", List.of(), NOTES, AuthMethod.NONE, Optional.empty()),
            wanted("x", List.of(), NOTES, AuthMethod.ASSERTION, Optional.empty()),
            wanted("x", List.of(), NOTES, AuthMethod.BASIC, Optional.of(jwk)),
            wanted("x", List.of("javascript://x/"), NOTES, AuthMethod.BASIC, Optional.empty()),
            wanted("x", List.of(), NOTES, AuthMethod.ASSERTION, Optional.of(key.toString())),
            wanted(
                "x",
                Collections.nCopies(11, REDIRECT),
                Set.of(),
                AuthMethod.BASIC,
                Optional.empty()))) {
      assertThat(problem(server.server().clients().add(wrong)).text()).isNotEmpty();
    }
    assertThat(server.server().clients().list()).isEmpty();
  }

  private static Wanted wanted(
      String name,
      List<String> redirects,
      Set<ServiceName> services,
      AuthMethod method,
      Optional<String> keys) {
    return new Wanted(name, redirects, services, method, keys, false);
  }

  @Test
  void documentMayNameKeysInItOrElsewhereAndANewKeyWorksSoon() throws Exception {
    String url = "https://app.example/client";
    String document =
        """
        {"client_id":"https://app.example/client","client_name":"App",
         "redirect_uris":["https://app.example/cb"],
         "token_endpoint_auth_method":"private_key_jwt",
         "jwks_uri":"https://app.example/keys"}
        """;
    server.web.publish(url, document, Optional.of(Duration.ofDays(1)));
    server.web.publish("https://app.example/keys", key.toPublicJWK().toString());
    Map<String, String> request = TestClient.known(server, url).request("notes");
    request.put("redirect_uri", "https://app.example/cb");
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get("/authorize?" + Visitor.form(request)));
    String code = parameter(location(browser.decide(consent, "allow")), "code").orElseThrow();
    Map<String, String> form = new HashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("code_verifier", TestClient.VERIFIER);

    form.put("client_id", url);
    assertThat(token(Optional.empty(), form).status()).as("without a proof").isEqualTo(401);
    form.put("client_assertion_type", ClientAssertion.TYPE);
    form.put("client_assertion", assertion(url, "j1"));
    AuthReply reply = token(Optional.empty(), form);
    verified(reply, "notes");

    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    server.web.publish("https://app.example/keys", key.toPublicJWK().toString());
    server.clock.advance(Duration.ofMinutes(15));
    AuthReply refreshed =
        token(
            Optional.empty(),
            Map.of(
                "grant_type",
                "refresh_token",
                "refresh_token",
                json(reply).get("refresh_token").asString(),
                "client_assertion_type",
                ClientAssertion.TYPE,
                "client_assertion",
                assertion(url, "j2")));
    verified(refreshed, "notes");
  }
}
