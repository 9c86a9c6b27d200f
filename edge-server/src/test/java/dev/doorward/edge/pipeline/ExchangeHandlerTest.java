package dev.doorward.edge.pipeline;

import static dev.doorward.edge.fixture.EdgeFixture.CALL;
import static dev.doorward.edge.fixture.EdgeFixture.body;
import static dev.doorward.edge.fixture.EdgeFixture.header;
import static dev.doorward.edge.fixture.EdgeFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeLink;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExchangeHandlerTest {
  private static final String HEAD =
      "POST /notes/mcp HTTP/1.1\r\nHost: edge.example\r\nAuthorization: Bearer ann.notes.c1\r\n";

  private final EdgeFixture edge = new EdgeFixture();
  private final FakeLink link = edge.link("nas", "notes");

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void aBodyInPiecesIsTheSameBody() {
    edge.raw(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < CALL.length(); i++) {
      edge.raw("1\r\n" + CALL.charAt(i) + "\r\n");
    }
    assertThat(edge.budget.held()).isEqualTo(CALL.length());
    edge.raw("0\r\n\r\n");

    assertThat(link.last().body.toString()).isEqualTo(CALL);
    assertThat(link.last().head.headers().get("content-length")).isEqualTo("" + CALL.length());
    assertThat(link.last().head.headers().contains("transfer-encoding")).isFalse();
    assertThat(edge.budget.held()).isZero();
    link.last().json("{}");
  }

  @Test
  void aBodyThatSaysItIsTooLargeIsRefusedBeforeItComes() {
    edge.raw(HEAD + "Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n");
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(413);
    assertThat(body(answer)).contains("http_body_too_large");
    assertThat(header(answer, "Connection")).isEqualToIgnoringCase("close");
  }

  @Test
  void aBodyThatTurnsOutTooLargeIsRefused() {
    edge.raw(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
      edge.raw("1000\r\n" + "x".repeat(4096) + "\r\n");
    }
    assertThat(status(edge.sent())).isEqualTo(413);
    assertThat(link.calls).isEmpty();
  }

  @Test
  void unfinishedBodiesShareABudget() {
    edge.budget.reserve(1 << 20);
    edge.raw(HEAD + "Content-Length: 100\r\n\r\nabc");
    String answer = edge.sent();
    edge.budget.release(1 << 20);

    assertThat(status(answer)).isEqualTo(503);
    assertThat(body(answer)).contains("overloaded");
  }

  @Test
  void anExpectedContinueIsSentOnlyWhereTheBodyIsWanted() {
    edge.raw(HEAD + "Expect: 100-continue\r\nContent-Length: " + CALL.length() + "\r\n\r\n");
    assertThat(edge.sent()).startsWith("HTTP/1.1 100");
    edge.raw(CALL);
    link.last().json("{}");
    assertThat(status(edge.sent())).isEqualTo(200);

    edge.raw(
        HEAD.replace("Authorization", "X-None")
            + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    assertThat(status(edge.sent())).isEqualTo(401);
  }

  @Test
  void aChallengeWaitsForAShortBodySoThatTheConnectionGoesOn() {
    edge.raw("POST /notes/mcp HTTP/1.1\r\nHost: edge.example\r\nContent-Length: 5\r\n\r\nab");
    assertThat(edge.sent()).isEmpty();
    edge.raw("cde");

    assertThat(status(edge.sent())).isEqualTo(401);
    assertThat(edge.channel.isOpen()).isTrue();
  }

  @Test
  void aBodyThatNeverComesIsTold() {
    edge.raw(HEAD + "Content-Length: 5\r\n\r\nab");
    edge.pass(Duration.ofSeconds(31));
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(408);
    assertThat(body(answer)).contains("http_timeout");
    edge.pass(Duration.ofSeconds(2));
    assertThat(edge.channel.isOpen()).isFalse();
  }

  @Test
  void aBrokenChunkIsRefusedAndEndsTheConnection() {
    edge.raw(HEAD + "Transfer-Encoding: chunked\r\n\r\n5;x=\n");
    assertThat(status(edge.sent())).isEqualTo(400);
    assertThat(edge.channel.isOpen()).isFalse();
  }

  @Test
  void whatIsRefusedAtTheGateIsAnsweredInJson() {
    edge.raw("GET /notes//mcp HTTP/1.1\r\nHost: edge.example\r\n\r\n");
    String path = edge.sent();
    assertThat(status(path)).isEqualTo(400);
    assertThat(body(path)).contains("http_path_refused");
    assertThat(edge.channel.isOpen()).isTrue();

    edge.raw("GET /notes/mcp HTTP/1.1\r\nHost: other.example\r\n\r\n");
    assertThat(status(edge.sent())).isEqualTo(421);
    edge.raw("TRACE / HTTP/1.1\r\nHost: edge.example\r\n\r\n");
    assertThat(status(edge.sent())).isEqualTo(405);
    assertThat(edge.channel.isOpen()).isFalse();
  }

  @Test
  void unknownPathsAre404InJsonAndHealthAnswers() {
    edge.request("GET", "/", "", "");
    String root = edge.sent();
    assertThat(status(root)).isEqualTo(404);
    assertThat(body(root)).contains("route_unknown");
    assertThat(header(root, "Content-Type")).isEqualTo("application/json");

    edge.request("GET", "/health", "", "");
    assertThat(body(edge.sent())).isEqualTo("{\"status\":\"ok\"}");
    edge.request("HEAD", "/health", "", "");
    assertThat(body(edge.sent())).isEmpty();
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    String get = "GET /health HTTP/1.1\r\nHost: edge.example\r\n\r\n";
    edge.raw(HEAD + "Content-Length: " + CALL.length() + "\r\n\r\n" + CALL + get);
    assertThat(edge.sent()).isEmpty();

    link.last().json("{\"first\":1}");

    assertThat(edge.sent()).containsSubsequence("{\"first\":1}", "{\"status\":\"ok\"}");
  }
}
