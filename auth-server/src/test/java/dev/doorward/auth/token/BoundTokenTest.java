package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Prover;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tokens for clients that prove a key (RFC 9449). */
class BoundTokenTest {
  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private final Prover prover = new Prover();

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AuthReply send(Map<String, String> form, String... proofs) {
    return server.call(
        "POST",
        "/token",
        Map.of(
            "content-type", List.of("application/x-www-form-urlencoded"), "dpop", List.of(proofs)),
        Visitor.form(form));
  }

  private String nonce() {
    AuthReply reply =
        send(
            Map.of("grant_type", "refresh_token", "client_id", client.id(), "refresh_token", "x"),
            prover.proof(server.clock.instant(), null));
    return Visitor.header(reply, "DPoP-Nonce");
  }

  private String proof(Prover by) {
    return by.proof(server.clock.instant(), nonce());
  }

  private String code(@Nullable String key) {
    Map<String, String> request = client.request("notes");
    if (key != null) {
      request.put("dpop_jkt", key);
    }
    Visitor browser = server.visitor();
    String next = Visitor.location(browser.get("/authorize?" + Visitor.form(request)));
    next = Visitor.location(browser.signIn(next, "ada", TestServer.PASSWORD));
    return TestClient.parameter(Visitor.location(browser.decide(next, "allow")), "code")
        .orElseThrow();
  }

  private JsonNode tokens() {
    return json(send(client.redemption(code(null)), proof(prover)));
  }

  private Map<String, String> refresh(JsonNode tokens) {
    return Map.of(
        "grant_type", "refresh_token",
        "client_id", client.id(),
        "refresh_token", tokens.get("refresh_token").asString());
  }

  @Test
  void proofWithoutNonceIsAskedForOne() {
    AuthReply reply =
        send(client.redemption(code(null)), prover.proof(server.clock.instant(), null));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).get("error").asString()).isEqualTo("use_dpop_nonce");
    assertThat(Visitor.header(reply, "DPoP-Nonce")).isNotEmpty();
  }

  @Test
  void tokenIsBoundToTheKeyThatWasProven() {
    AuthReply reply = send(client.redemption(code(null)), proof(prover));

    assertThat(json(reply).get("token_type").asString()).isEqualTo("DPoP");
    assertThat(Visitor.header(reply, "DPoP-Nonce")).isNotEmpty();
    String access = json(reply).get("access_token").asString();
    assertThat(server.verified(access, "notes").boundTo()).contains(prover.thumbprint());
  }

  @Test
  void clientThatDoesNotAskGetsABearerToken() {
    JsonNode tokens = json(client.redeem(code(null)));

    assertThat(tokens.get("token_type").asString()).isEqualTo("Bearer");
    assertThat(server.verified(tokens.get("access_token").asString(), "notes").boundTo()).isEmpty();
  }

  @Test
  void codeThatNamesAKeyIsForThatKeyOnly() {
    String code = code(prover.thumbprint());

    assertThat(json(client.redeem(code)).get("reason").asString()).isEqualTo("dpop_proof_refused");
    assertThat(json(send(client.redemption(code), proof(new Prover()))).get("error").asString())
        .isEqualTo("invalid_grant");
    assertThat(send(client.redemption(code), proof(prover)).status())
        .as("the tries before did not use it up")
        .isEqualTo(200);
  }

  @Test
  void keyOfAnotherFormIsRefusedAtTheAuthorizationEndpoint() {
    Map<String, String> request = client.request("notes");
    request.put("dpop_jkt", "short");

    String sent = Visitor.location(server.visitor().get("/authorize?" + Visitor.form(request)));

    assertThat(TestClient.parameter(sent, "error")).contains("invalid_request");
  }

  @Test
  void refreshTokenOfAPublicClientIsForItsKeyOnly() {
    JsonNode tokens = tokens();

    AuthReply without = client.refresh(tokens.get("refresh_token").asString());
    assertThat(json(without).get("error").asString()).isEqualTo("invalid_grant");
    assertThat(json(without).get("reason").asString()).isEqualTo("dpop_proof_missing");
    assertThat(json(send(refresh(tokens), proof(new Prover()))).get("reason").asString())
        .isEqualTo("dpop_proof_refused");

    AuthReply good = send(refresh(tokens), proof(prover));
    assertThat(json(good).get("token_type").asString()).isEqualTo("DPoP");
    assertThat(Visitor.text(send(refresh(tokens), proof(prover))))
        .as("the lost answer, to the same key")
        .isEqualTo(Visitor.text(good));
    assertThat(
            json(client.refresh(tokens.get("refresh_token").asString())).get("reason").asString())
        .as("not to whoever has the spent token alone")
        .isEqualTo("dpop_proof_missing");
  }

  @Test
  void keyThatComesLaterBindsFromThenOn() {
    JsonNode bearer = json(client.redeem(code(null)));

    JsonNode bound = json(send(refresh(bearer), proof(prover)));

    assertThat(bound.get("token_type").asString()).isEqualTo("DPoP");
    assertThat(client.refresh(bound.get("refresh_token").asString()).status()).isEqualTo(400);
    server.restart();
    assertThat(send(refresh(bound), proof(prover)).status()).isEqualTo(200);
  }

  @Test
  void proofWorksOnce() {
    JsonNode tokens = tokens();
    String proof = proof(prover);
    JsonNode next = json(send(refresh(tokens), proof));

    AuthReply again = send(refresh(next), proof);

    assertThat(json(again).get("error").asString()).isEqualTo("invalid_dpop_proof");
    assertThat(json(again).get("reason").asString()).isEqualTo("dpop_proof_replayed");
  }

  @Test
  void proofThatWasMadeBeforeARestartIsWorthNothingAfterIt() {
    JsonNode tokens = tokens();
    String proof = proof(prover);
    server.restart();

    assertThat(json(send(refresh(tokens), proof)).get("error").asString())
        .isEqualTo("use_dpop_nonce");
  }

  @Test
  void twoProofsOrNonsenseAreRefused() {
    JsonNode tokens = tokens();

    assertThat(json(send(refresh(tokens), proof(prover), proof(prover))).get("error").asString())
        .isEqualTo("invalid_dpop_proof");
    assertThat(json(send(refresh(tokens), "nonsense")).get("error").asString())
        .isEqualTo("invalid_dpop_proof");
  }

  @Test
  void metadataSaysWhichProofsAreTaken() {
    for (String path :
        List.of(
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-protected-resource/notes/mcp")) {
      JsonNode metadata = json(server.call("GET", path, Map.of(), ""));
      assertThat(metadata.get("dpop_signing_alg_values_supported").path(0).asString())
          .isEqualTo("ES256");
    }
  }
}
