package dev.doorward.agent.main;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AgentCallTest {
  private static final ServiceName NOTES = new ServiceName("notes");

  @TempDir private Path dir;
  private FakeEdge edge;
  private FakeServer server;
  private AgentProcess agent;
  private EdgeLink link;

  @BeforeEach
  void start() throws Exception {
    edge = new FakeEdge();
    server = new FakeServer();
    Path home = dir.resolve("agent");
    assertThat(Running.join(edge, home).code()).isZero();
    agent =
        Running.start(
            home,
            """
            links: 1
            services:
              notes:
                url: %s
            limits:
              response-head-timeout: 2s
            """
                .formatted(server.url()));
    link = edge.awaitLink();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
    edge.close();
  }

  private String token() {
    return edge.authority.token(NOTES);
  }

  @Test
  void aCallReachesTheServerByteForByteAndComesBack() throws Exception {
    Answer answer = Answer.post(link, "notes", token(), "{\"a\": \"\u00e4 \"}").await();

    assertThat(answer.reason()).isNull();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{\"a\": \"\u00e4 \"}");
    assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
  }

  @Test
  void theServerSeesItsOwnHostAndTheCallerButNoCredentials() throws Exception {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .set("origin", "https://evil.example")
            .set("cookie", "a=b")
            .set("doorward-subject", "forged")
            .set("x-forwarded-for", "1.2.3.4")
            .set("mcp-protocol-version", "2025-11-25")
            .set("mcp-param-x", "kept");

    Answer.open(link, "notes", token(), "GET", "/mcp?q=1", headers).await();

    FakeServer.Request request = server.requests.getFirst();
    assertThat(request.head()).startsWith("GET /mcp?q=1 HTTP/1.1\r\n");
    assertThat(request.header("host")).isEqualTo("127.0.0.1:" + server.port());
    assertThat(request.header("origin")).isEqualTo("http://127.0.0.1:" + server.port());
    assertThat(request.header("doorward-subject")).isEqualTo("person-1");
    assertThat(request.header("doorward-person")).isEqualTo("ada");
    assertThat(request.header("doorward-client")).isEqualTo("client-1");
    assertThat(request.header("doorward-call")).isEqualTo("call-1");
    assertThat(request.header("mcp-protocol-version")).isEqualTo("2025-11-25");
    assertThat(request.header("mcp-param-x")).isEqualTo("kept");
    assertThat(request.head().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("authorization", "cookie", "forwarded", "forged", "transfer-encoding");
  }

  @Test
  void aTokenThatDoesNotHoldReachesNothing() throws Exception {
    Map<String, String> bad =
        Map.of(
            edge.authority.token(new ServiceName("other")),
            "token_audience_mismatch",
            edge.authority.token(Map.of("iat", 1000, "exp", 2000)),
            "token_expired",
            edge.authority.token(Map.of("iss", "https://other.example")),
            "token_issuer_mismatch",
            edge.authority.forgedToken(NOTES),
            "token_signature_invalid",
            "not-a-token",
            "token_malformed");

    for (Map.Entry<String, String> each : bad.entrySet()) {
      for (int again = 0; again < 2; again++) {
        Answer answer = Answer.post(link, "notes", each.getKey(), "{}").await();
        assertThat(answer.reason()).hasToString(each.getValue());
      }
    }
    assertThat(server.requests).isEmpty();
  }

  private String proof(KeyPair key, String token, String method) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(US_ASCII));
    Map<String, Object> claims =
        Map.of(
            "jti", UUID.randomUUID().toString(),
            "htm", method,
            "htu", FakeAuthority.ISSUER.resourceOf(NOTES).value(),
            "iat", Instant.now().getEpochSecond(),
            "ath", Base64URL.encode(hash).toString());
    var jws =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(new ECKey.Builder(Curve.P_256, (ECPublicKey) key.getPublic()).build())
                .build(),
            new Payload(claims));
    jws.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
    return jws.serialize();
  }

  /** A link or an edge that was taken cannot use such a token without the client's key. */
  @Test
  void aTokenThatIsBoundToAKeyNeedsAProofOfThatKeyForEachCall() throws Exception {
    KeyPair key = FakeAuthority.keyPair();
    String thumbprint =
        new ECKey.Builder(Curve.P_256, (ECPublicKey) key.getPublic())
            .build()
            .computeThumbprint()
            .toString();
    String bound = edge.authority.token(Map.of("cnf", Map.of("jkt", thumbprint)));
    String proof = proof(key, bound, "POST");

    assertThat(withProof(bound, "").reason()).hasToString("dpop_proof_missing");
    assertThat(withProof(bound, proof(FakeAuthority.keyPair(), bound, "POST")).reason())
        .hasToString("dpop_proof_refused");
    assertThat(withProof(bound, proof(key, token(), "POST")).reason())
        .hasToString("dpop_proof_refused");
    assertThat(withProof(bound, proof(key, bound, "GET")).reason())
        .hasToString("dpop_proof_refused");
    assertThat(server.requests).isEmpty();
    assertThat(withProof(bound, proof).status()).isEqualTo(200);
    assertThat(withProof(bound, proof).reason()).hasToString("dpop_proof_replayed");
    assertThat(server.requests).hasSize(1);
    assertThat(server.requests.getFirst().head().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("dpop");
  }

  private Answer withProof(String token, String proof) throws Exception {
    var headers = new DefaultHttpHeaders();
    headers.set("content-type", "application/json");
    if (!proof.isEmpty()) {
      headers.set("dpop", proof);
    }
    Answer answer = Answer.open(link, "notes", token, "POST", "/mcp", headers);
    answer.write("{}", true);
    return answer.await();
  }

  @Test
  void aServiceThatTheAgentsFileDoesNotNameIsRefused() throws Exception {
    String token = edge.authority.token(new ServiceName("secret"));

    assertThat(Answer.post(link, "secret", token, "{}").await().reason())
        .isEqualTo(Reason.SERVICE_UNKNOWN);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void aServerThatIsDownFailsTheCallAndTheLinkStays() throws Exception {
    server.close();

    assertThat(Answer.post(link, "notes", token(), "{}").await().reason())
        .isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(link.accepting()).isTrue();
    Awaitility.await().until(() -> edge.health.contains("notes=false"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HTTP/1.1 302 Found~Location: http://169.254.169.254/~Content-Length: 0~~ | backend_redirect_refused
          HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~Content-Length: 0~~              | backend_protocol_violation
          HTTP/1.1 103 Early Hints~Link: x~~HTTP/1.1 200 OK~Content-Length: 0~~   | backend_protocol_violation
          HTTP/1.1 101 Switching Protocols~Upgrade: websocket~Connection: upgrade~~ | backend_protocol_violation
          HTTP/1.1 200 OK~Content-Length: 3~Transfer-Encoding: chunked~~3~abc~0~~ | backend_protocol_violation
          HTTP/1.1 200 OK~Content-Length: 3~Content-Length: 4~~abcd               | backend_protocol_violation
          HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~0~~                   | backend_protocol_violation
          HTTP/1.0 200 OK~Transfer-Encoding: chunked~~0~~                         | backend_protocol_violation
          HTTP/1.1 200 OK~Bad Header: x~~                                         | backend_protocol_violation
          SSH-2.0-OpenSSH_9.2~                                                    | backend_protocol_violation
          HTTP/1.1 200 OK~Content-Length: -1~~                                    | backend_protocol_violation
          """)
  void anAnswerThatIsNotStrictHttpIsNotPassedOn(String answer, String reason) throws Exception {
    server.script(FakeServer.sends(answer.strip().replace("~", "\r\n")));

    Answer heard = Answer.post(link, "notes", token(), "{}").await();

    assertThat(heard.status()).isEqualTo(-1);
    assertThat(heard.reason()).hasToString(reason);
    awaitClosed(server.requests.getFirst().connection());
  }

  @Test
  void aServerThatBreaksItsAnswerOffBreaksTheCallOff() throws Exception {
    server.script((request, out, in) -> {
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return false;
    });

    Answer heard = Answer.post(link, "notes", token(), "{}").await();

    assertThat(heard.status()).isEqualTo(200);
    assertThat(heard.reason()).isEqualTo(Reason.BACKEND_ABORTED);
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    server.script((request, out, in) -> {
      in.read();
      return false;
    });

    assertThat(Answer.post(link, "notes", token(), "{}").await().reason())
        .isEqualTo(Reason.BACKEND_TIMEOUT);
    awaitClosed(server.requests.getFirst().connection());
  }

  @Test
  void theHeadAndEachEventOfAStreamComeAtOnce() throws Exception {
    CountDownLatch more = new CountDownLatch(1);
    server.script((request, out, in) -> {
      out.write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      more.await();
      out.write("data: 1\n\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      in.read();
      return false;
    });
    Answer answer = Answer.open(link, "notes", token(), "GET", "/mcp", new DefaultHttpHeaders());

    assertThat(answer.awaitHead()).isEqualTo(200);
    more.countDown();
    Awaitility.await().until(() -> answer.text().equals("data: 1\n\n"));
    answer.handle().cancel();

    awaitClosed(server.requests.getFirst().connection());
  }

  private void awaitClosed(int connection) {
    Awaitility.await().until(() -> server.closed.contains(connection));
  }

  @Test
  void connectionsAreUsedAgainOnlyAfterACleanEnd() throws Exception {
    Answer.post(link, "notes", token(), "1").await();
    Answer.post(link, "notes", token(), "2").await();
    int first = server.requests.getFirst().connection();
    assertThat(server.requests.getLast().connection()).isEqualTo(first);

    server.script(
        FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
    Answer.post(link, "notes", token(), "3").await();
    server.script(FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    Answer.post(link, "notes", token(), "4").await();

    assertThat(server.requests.get(2).connection()).isEqualTo(first);
    assertThat(server.requests.get(3).connection()).isNotEqualTo(first);
  }

  @Test
  void aRequestThatMeetsADyingConnectionIsNotSentTwice() throws Exception {
    Answer.post(link, "notes", token(), "1").await();
    server.script((request, out, in) -> false);

    Answer second = Answer.post(link, "notes", token(), "2").await();

    assertThat(second.reason()).isEqualTo(Reason.BACKEND_UNREACHABLE);
    assertThat(server.requests).hasSize(2);
    assertThat(server.requests.get(1).connection()).isEqualTo(server.requests.get(0).connection());
  }

  @Test
  void bytesThatNobodyAskedForEndTheConnectionInsteadOfTheNextCall() throws Exception {
    server.script(
        FakeServer.sends(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
                + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
    assertThat(Answer.post(link, "notes", token(), "1").await().text()).isEqualTo("a");
    awaitClosed(server.requests.getFirst().connection());
    server.script(FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

    assertThat(Answer.post(link, "notes", token(), "2").await().text()).isEqualTo("ok");
  }

  @Test
  void anEarlyAnswerEndsTheCallAndTheRestOfTheRequestIsLetGo() throws Exception {
    server.script(FakeServer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    HttpHeaders headers = new DefaultHttpHeaders().set("content-length", "5");
    Answer answer = Answer.open(link, "notes", token(), "POST", "/mcp", headers);
    answer.write("hello", true);
    assertThat(answer.await().text()).isEqualTo("ok");

    Answer next = Answer.post(link, "notes", token(), "{}").await();
    assertThat(next.reason()).isNull();
  }
}
