package dev.doorward.edge.link;

import static dev.doorward.edge.fixture.EdgeFixture.CALL;
import static dev.doorward.edge.fixture.EdgeFixture.body;
import static dev.doorward.edge.fixture.EdgeFixture.header;
import static dev.doorward.edge.fixture.EdgeFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeLink;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final String MODERN_CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":"
          + "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";

  private final EdgeFixture edge = new EdgeFixture();
  private final FakeLink link = edge.link("nas", "notes");

  @AfterEach
  void close() {
    edge.close();
  }

  private void stream() {
    edge.send("GET", "");
    link.last().head(200, "content-type", "text/event-stream");
  }

  @Test
  void theHeadOfAnEventStreamIsSentAtOnceWithACommentBehindIt() {
    stream();
    link.last().readComplete();

    String sent = edge.sent();
    assertThat(status(sent)).isEqualTo(200);
    assertThat(header(sent, "X-Accel-Buffering")).isEqualTo("no");
    assertThat(header(sent, "Cache-Control")).isEqualTo("no-store");
    assertThat(body(sent)).isEqualTo("e\r\n: keep-alive\n\n\r\n");
  }

  @Test
  void anEventThatComesWithTheHeadNeedsNoComment() {
    stream();
    link.last().data("data: 1\n\n");
    link.last().readComplete();

    assertThat(body(edge.sent())).isEqualTo("9\r\ndata: 1\n\n\r\n");
  }

  @Test
  void silenceGetsACommentOnlyBetweenEvents() {
    stream();
    link.last().data("data: 1\n\n");
    link.last().readComplete();
    assertThat(edge.sent()).isNotEmpty();

    edge.pass(Duration.ofSeconds(14));
    assertThat(edge.sent()).isEmpty();
    edge.pass(Duration.ofSeconds(2));
    assertThat(edge.sent()).contains(": keep-alive\n\n");

    link.last().data("data: half");
    link.last().readComplete();
    assertThat(edge.sent()).contains("data: half");
    edge.pass(Duration.ofSeconds(60));
    assertThat(edge.sent()).isEmpty();

    link.last().data("\n\n");
    link.last().readComplete();
    assertThat(edge.sent()).isNotEmpty();
    edge.pass(Duration.ofSeconds(16));
    assertThat(edge.sent()).contains(": keep-alive\n\n");
  }

  @Test
  void aStreamThatKeepsTalkingGetsNoComments() {
    stream();
    for (int i = 0; i < 10; i++) {
      link.last().data("data: 1\n\n");
      link.last().readComplete();
      edge.pass(Duration.ofSeconds(10));
    }
    assertThat(edge.sent()).doesNotContain("keep-alive");
  }

  @Test
  void everyReadIsFlushedAsItComes() {
    stream();
    link.last().data("data: 1\n");
    link.last().readComplete();
    assertThat(edge.sent()).contains("data: 1\n");
    link.last().data("\ndata: 2\n\n");
    link.last().readComplete();
    assertThat(edge.sent()).contains("\ndata: 2\n\n");
  }

  @Test
  void aStreamEndsAsTheServiceEndsIt() {
    stream();
    link.last().data("data: 1\n\n");
    link.last().listener.onEnd();

    assertThat(edge.sent()).endsWith("\r\n0\r\n\r\n");
    assertThat(edge.channel.isOpen()).isTrue();
    assertThat(edge.openCalls.size()).isZero();
  }

  @Test
  void aStreamThatBreaksOffIsSeenToBreakOff() {
    stream();
    link.last().data("data: 1\n\n");
    link.last().readComplete();
    link.last().fail(Reason.LINK_FAILED, true);

    assertThat(edge.sent()).doesNotContain("\r\n0\r\n\r\n");
    assertThat(edge.channel.isOpen()).isFalse();
  }

  @Test
  void aShortAnswerIsOneWrite() {
    edge.send("POST", CALL);
    link.last().head(200, "content-type", "application/json", "content-length", "2");
    assertThat(edge.channel.outboundMessages()).isEmpty();
    link.last().data("{}");

    String sent = edge.sent();
    assertThat(status(sent)).isEqualTo(200);
    assertThat(body(sent)).isEqualTo("{}");
    link.last().readComplete();
    link.last().listener.onEnd();
    assertThat(edge.sent()).isEmpty();
    assertThat(edge.openCalls.size()).isZero();
    assertThat(edge.audit.of(AuditEvent.CallFinished.class).getFirst().status()).isEqualTo(200);
  }

  @Test
  void aHeadWithoutItsBytesIsSentAtTheEndOfTheRead() {
    edge.send("POST", CALL);
    link.last().head(200, "content-type", "application/json", "content-length", "4");
    link.last().readComplete();
    assertThat(status(edge.sent())).isEqualTo(200);

    link.last().data("{}");
    link.last().readComplete();
    assertThat(edge.sent()).isEqualTo("{}");
    link.last().data("  ");
    link.last().listener.onEnd();
    assertThat(edge.sent()).isEqualTo("  ");
    assertThat(edge.channel.isOpen()).isTrue();
  }

  @Test
  void aFailureRightBehindTheHeadIsStillTold() {
    edge.send("POST", CALL);
    link.last().head(200, "content-type", "application/json", "content-length", "4");
    link.last().fail(Reason.LINK_FAILED, true);

    assertThat(status(edge.sent())).isEqualTo(502);
    assertThat(edge.channel.isOpen()).isTrue();
  }

  @Test
  void aClientThatDoesNotReadStopsTheReadingFromTheAgent() {
    stream();
    edge.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    edge.channel.runPendingTasks();
    link.last().data("data: 1\n\n");
    assertThat(link.last().reading).isFalse();

    edge.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    edge.channel.runPendingTasks();

    assertThat(link.last().reading).isTrue();
    assertThat(edge.sent()).contains("data: 1");
  }

  @Test
  void whenTheClientOfAModernCallLeavesTheCallIsCancelled() {
    edge.send("POST", MODERN_CALL, "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: ping");

    edge.channel.close();

    assertThat(link.last().cancelled).isTrue();
    assertThat(edge.audit.of(AuditEvent.CallFinished.class).getFirst().reason())
        .isEqualTo("client_gone");
  }

  @Test
  void whenTheClientOfALegacyCallLeavesTheCallGoesOnToItsEnd() {
    edge.send("POST", CALL, "MCP-Protocol-Version: 2025-11-25");

    edge.channel.close();
    assertThat(link.last().cancelled).isFalse();
    link.last().head(200, "content-type", "text/event-stream");
    link.last().data("data: 1\n\n");
    link.last().readComplete();
    assertThat(edge.openCalls.size()).isEqualTo(1);
    link.last().listener.onEnd();

    assertThat(link.last().cancelled).isFalse();
    assertThat(edge.openCalls.size()).isZero();
    assertThat(edge.audit.of(AuditEvent.CallFinished.class)).hasSize(1);
  }

  @Test
  void anAnswerThatNobodyWaitsForIsBoundedInTimeAndSize() {
    edge.send("POST", CALL);
    edge.channel.close();
    link.last().head(200, "content-type", "text/event-stream");
    for (int i = 0; i < 17; i++) {
      link.last().data("x".repeat(1 << 20));
    }
    assertThat(link.last().cancelled).isTrue();

    edge.connect();
    FakeLink second = edge.link("pi", "notes");
    second.busy = -100;
    edge.send("POST", CALL);
    edge.channel.pipeline().fireChannelInactive();
    edge.pass(Duration.ofMinutes(11));
    assertThat(second.last().cancelled).isTrue();
  }

  @Test
  void whenTheClientOfAGetStreamLeavesTheStreamIsCancelled() {
    stream();
    edge.channel.close();

    assertThat(link.last().cancelled).isTrue();
  }

  @Test
  void bodilessAnswersPass() {
    edge.send("POST", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    link.last().head(202);
    link.last().listener.onEnd();
    String accepted = edge.sent();
    assertThat(status(accepted)).isEqualTo(202);
    assertThat(header(accepted, "Content-Length")).isEqualTo("0");

    edge.send("DELETE", "");
    link.last().head(204);
    link.last().listener.onEnd();
    assertThat(status(edge.sent())).isEqualTo(204);
    edge.send("GET", "");
    link.last().head(405, "content-length", "0", "allow", "POST");
    link.last().listener.onEnd();
    String refused = edge.sent();
    assertThat(status(refused)).isEqualTo(405);
    assertThat(header(refused, "Allow")).isEqualTo("POST");
  }

  @Test
  void errorsOfTheServicePassWithTheirBytes() {
    edge.send("POST", CALL);
    link.last().head(404, "content-type", "text/html", "content-length", "9");
    link.last().data("<b>no</b>");
    link.last().listener.onEnd();

    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(404);
    assertThat(body(answer)).isEqualTo("<b>no</b>");
    assertThat(header(answer, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void whatABrowserCouldRunOrFollowIsRefused() {
    edge.send("GET", "");
    link.last().head(200, "content-type", "text/html");
    assertThat(body(edge.sent())).contains("backend_content_type_refused");
    assertThat(link.last().cancelled).isTrue();

    edge.send("GET", "");
    link.last().head(302, "location", "https://evil.example");
    String redirect = edge.sent();
    assertThat(status(redirect)).isEqualTo(502);
    assertThat(body(redirect)).contains("backend_redirect_refused");
    assertThat(redirect).doesNotContain("evil");

    edge.send("GET", "");
    link.last().head(200);
    link.last().data("<script>");
    String unlabelled = edge.sent();
    assertThat(status(unlabelled)).isEqualTo(502);
    assertThat(unlabelled).doesNotContain("script");
  }

  @Test
  void anAnswerLongerOrShorterThanItSaysIsBrokenOff() {
    edge.send("POST", CALL);
    link.last().head(200, "content-type", "application/json", "content-length", "2");
    link.last().data("{}HTTP/1.1 200 OK");
    assertThat(edge.channel.isOpen()).isFalse();
    assertThat(link.last().cancelled).isTrue();
    assertThat(edge.sent()).doesNotContain("{}");

    edge.connect();
    edge.send("POST", CALL);
    link.last().head(200, "content-type", "application/json", "content-length", "20");
    link.last().data("{}");
    link.last().listener.onEnd();
    assertThat(edge.channel.isOpen()).isFalse();
  }
}
