package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Http1TurnHandlerTest {
  private EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void open() {
    var codec = new Http1Codec(HttpLimits.defaults());
    channel = new EmbeddedChannel(codec, new Http1TurnHandler(codec));
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private int requests() {
    int count = 0;
    for (Object m = channel.readInbound(); m != null; m = channel.readInbound()) {
      count += m instanceof HttpRequest ? 1 : 0;
      ReferenceCountUtil.release(m);
    }
    return count;
  }

  private void answer(String body) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length());
    channel.writeOutbound(response);
  }

  private String sent() {
    var text = new StringBuilder();
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      text.append(b.toString(StandardCharsets.US_ASCII));
      b.release();
    }
    return text.toString();
  }

  @Test
  void aPipelinedRequestWaitsForItsTurn() {
    send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(requests()).isEqualTo(1);
    assertThat(channel.config().isAutoRead()).isFalse();

    answer("one");
    channel.runPendingTasks();

    assertThat(requests()).isEqualTo(1);
    assertThat(channel.config().isAutoRead()).isTrue();
    answer("two");
    assertThat(sent()).contains("one").contains("two").doesNotContainIgnoringCase("connection");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void waitingRequestsAreReleasedWhenTheConnectionEnds() {
    send("GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi");

    channel.close();

    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void connectionCloseIsHonoured() {
    send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    answer("bye");

    assertThat(sent()).containsIgnoringCase("connection: close");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void http10ClosesUnlessItAsksToStay() {
    send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    answer("a");
    assertThat(sent()).containsIgnoringCase("connection: keep-alive");
    assertThat(channel.isOpen()).isTrue();

    send("GET / HTTP/1.0\r\n\r\n");
    answer("b");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void answersWithoutALengthAreChunkedForHttp11AndEndTheConnectionForHttp10() {
    send("GET / HTTP/1.1\r\n\r\n");
    channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(sent()).containsIgnoringCase("transfer-encoding: chunked");

    send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(sent()).doesNotContainIgnoringCase("chunked").containsIgnoringCase("close");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void theAnswerToHeadHasNoBody() {
    send("HEAD / HTTP/1.1\r\n\r\n");
    answer("body");

    assertThat(sent()).containsIgnoringCase("content-length: 4").doesNotContain("body");
  }

  @Test
  void anEarlyAnswerDrainsTheRestAndCloses() {
    send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    answer("no");

    assertThat(sent()).containsIgnoringCase("connection: close");
    assertThat(channel.isOpen()).isTrue();
    send("defghij");
    assertThat(channel.isOpen()).isFalse();
    requests();
  }

  @Test
  void drainingEndsAfterAMoment() {
    send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    answer("no");

    channel.advanceTimeBy(1100, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void interimAnswersAreNotTheAnswer() {
    send("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    channel.writeOutbound(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    send("hi");
    answer("ok");

    assertThat(sent()).startsWith("HTTP/1.1 100").contains("HTTP/1.1 200");
    assertThat(channel.isOpen()).isTrue();
    requests();
  }

  @Test
  void drainClosesAnIdleConnectionAndABusyOneAfterItsAnswer() {
    send("GET / HTTP/1.1\r\n\r\n");
    channel.pipeline().fireUserEventTriggered(Drain.EVENT);
    assertThat(channel.isOpen()).isTrue();
    answer("last");
    assertThat(sent()).containsIgnoringCase("connection: close");
    assertThat(channel.isOpen()).isFalse();

    open();
    channel.pipeline().fireUserEventTriggered(Drain.EVENT);
    assertThat(channel.isOpen()).isFalse();
  }
}
