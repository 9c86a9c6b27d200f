package dev.doorward.edge.call;

import static dev.doorward.edge.fixture.EdgeFixture.CALL;
import static dev.doorward.edge.fixture.EdgeFixture.body;
import static dev.doorward.edge.fixture.EdgeFixture.header;
import static dev.doorward.edge.fixture.EdgeFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.id.JWTID;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeLink;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls with tokens that are bound to a key (RFC 9449 section 7). */
class DpopCallTest {
  private final EdgeFixture edge = new EdgeFixture();
  private final ECKey key = key();
  private FakeLink link;
  private String token;

  @BeforeEach
  void open() throws Exception {
    link = edge.link("nas", "notes");
    token = "ann.notes.c1." + key.computeThumbprint();
  }

  @AfterEach
  void close() {
    edge.close();
  }

  private static ECKey key() {
    try {
      return new ECKeyGenerator(Curve.P_256).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private String proof(ECKey by, String method, String url, Instant at, @Nullable String nonce) {
    try {
      return new DefaultDPoPProofFactory(by, JWSAlgorithm.ES256)
          .createDPoPJWT(
              new JWTID(),
              method,
              URI.create(url),
              Date.from(at),
              new DPoPAccessToken(token),
              nonce == null ? null : new Nonce(nonce))
          .serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private String proof() {
    return proof(key, "POST", "https://edge.example/notes/mcp", edge.now, nonce());
  }

  private String nonce() {
    return edge.nonces.current(edge.now);
  }

  private String call(String authorization, String... headers) {
    edge.request("POST", "/notes/mcp", authorization, CALL, headers);
    return edge.sent();
  }

  private void refused(String answer, String error, String reason) {
    assertThat(status(answer)).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate"))
        .startsWith("DPoP error=\"" + error + "\"")
        .contains("algs=\"ES256\"", "resource_metadata=", reason);
    assertThat(header(answer, "DPoP-Nonce")).isEqualTo(nonce());
    assertThat(body(answer)).contains(reason);
    assertThat(link.calls).isEmpty();
  }

  @Test
  void callWithItsProofGoesOnAndTheAgentGetsTheProofToo() {
    String proof = proof();
    call("DPoP " + token, "DPoP: " + proof);

    assertThat(link.last().head.token()).isEqualTo(token);
    assertThat(link.last().head.headers().get("dpop")).isEqualTo(proof);
    link.last().json("{}");
    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(200);
    assertThat(header(answer, "DPoP-Nonce")).isEqualTo(nonce());
  }

  @Test
  void boundTokenIsNoBearerToken() {
    String answer = call(token, "DPoP: " + proof());

    assertThat(status(answer)).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
    assertThat(answer).contains("DPoP error=\"invalid_dpop_proof\"");
    assertThat(body(answer)).contains("dpop_proof_missing");
    assertThat(link.calls).isEmpty();
  }

  @Test
  void bearerTokenIsNoDpopToken() {
    token = "ann.notes.c1";
    refused(call("DPoP " + token, "DPoP: " + proof()), "invalid_dpop_proof", "dpop_proof_refused");
  }

  @Test
  void withoutProofOrWithTwoNothingGoesOn() {
    refused(call("DPoP " + token), "invalid_dpop_proof", "dpop_proof_missing");
    refused(
        call("DPoP " + token, "DPoP: " + proof(), "DPoP: " + proof()),
        "invalid_dpop_proof",
        "dpop_proof_refused");
  }

  @Test
  void proofIsForThisMethodUrlTokenKeyAndTime() {
    String url = "https://edge.example/notes/mcp";
    String[] wrong = {
      proof(key, "GET", url, edge.now, nonce()),
      proof(key, "POST", "https://edge.example/mail/mcp", edge.now, nonce()),
      proof(key(), "POST", url, edge.now, nonce()),
      proof(key, "POST", url, edge.now.minusSeconds(62), nonce()),
      proof(key, "POST", url, edge.now.plusSeconds(61), nonce()),
      "nonsense",
    };
    for (String proof : wrong) {
      refused(call("DPoP " + token, "DPoP: " + proof), "invalid_dpop_proof", "dpop_proof_refused");
    }
    String own = token;
    token = "ben.notes.c1." + own.substring(own.lastIndexOf('.') + 1);
    String ofAnotherToken = proof();
    token = own;
    refused(
        call("DPoP " + token, "DPoP: " + ofAnotherToken),
        "invalid_dpop_proof",
        "dpop_proof_refused");
  }

  @Test
  void nonceIsAskedForAndAnsweredWith() {
    String url = "https://edge.example/notes/mcp";
    refused(
        call("DPoP " + token, "DPoP: " + proof(key, "POST", url, edge.now, null)),
        "use_dpop_nonce",
        "dpop_nonce_needed");
    String old = nonce();
    edge.now = edge.now.plus(Duration.ofMinutes(6));
    refused(
        call("DPoP " + token, "DPoP: " + proof(key, "POST", url, edge.now, old)),
        "use_dpop_nonce",
        "dpop_nonce_needed");
  }

  @Test
  void proofWorksOnce() {
    String proof = proof();
    call("DPoP " + token, "DPoP: " + proof);
    link.last().json("{}");
    edge.sent();
    int before = link.calls.size();

    String answer = call("DPoP " + token, "DPoP: " + proof);

    assertThat(status(answer)).isEqualTo(401);
    assertThat(body(answer)).contains("dpop_proof_replayed");
    assertThat(link.calls).hasSize(before);
  }

  @Test
  void tokenThatIsWorthNothingIsChallengedByTheSameScheme() {
    refused(call("DPoP bad.notes.c1", "DPoP: " + proof()), "invalid_token", "token_signature");
  }
}
