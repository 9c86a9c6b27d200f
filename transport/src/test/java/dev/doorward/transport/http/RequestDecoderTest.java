package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDecoderTest {
  private static final String HOST = "Host: edge.example\r\n";

  private static EmbeddedChannel channel() {
    return new EmbeddedChannel(
        new Http1Codec(HttpLimits.defaults()), new HeadGateHandler(List.of(new FramingCheck())));
  }

  /** The statuses of refused requests, and 0 for each request that passed. */
  private static List<Integer> read(String... pieces) {
    EmbeddedChannel channel = channel();
    for (String piece : pieces) {
      channel.writeInbound(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
    }
    List<Integer> statuses = new ArrayList<>();
    for (Object m = channel.readInbound(); m != null; m = channel.readInbound()) {
      if (m instanceof HttpRequest) {
        statuses.add(0);
      } else if (m instanceof RefusedRequest refused) {
        statuses.add(refused.refusal().status().code());
        assertThat(refused.refusal().closes()).isTrue();
      } else if (m instanceof HttpContent content && content.decoderResult().isFailure()) {
        statuses.add(-1);
      }
      ReferenceCountUtil.release(m);
    }
    assertThat(channel.finishAndReleaseAll()).isFalse();
    return statuses;
  }

  @Test
  void pipelinedRequestsAllPass() {
    String get = "GET /a HTTP/1.1\r\n" + HOST + "\r\n";
    String post = "POST /b HTTP/1.0\r\n" + HOST + "Content-Length: 2\r\n\r\nhi";

    assertThat(read(get + post + "\r\n" + get)).containsExactly(0, 0, 0);
  }

  @Test
  void aRequestThatComesByteByByteIsTheSameRequest() {
    String post =
        "POST /b HTTP/1.1\r\n"
            + HOST
            + "Content-Length: 3\r\n\r\n \ta"
            + "GET / HTTP/1.1\r\n"
            + HOST
            + "\r\n";

    assertThat(read(post.split(""))).containsExactly(0, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / http/1.1\r\nHost: a\r\n\r\n",
        "GET /\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GE\u00e9 / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
      })
  void whatIsNotStrictlyHttpIsRefusedOnceAndForAll(String bytes) {
    List<Integer> statuses = read(bytes + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(statuses.getFirst()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.9"})
  void otherVersionsAreRefused(String version) {
    assertThat(read("GET / " + version + "\r\nHost: a\r\n\r\n")).containsExactly(505);
  }

  @Test
  void afterARefusalNothingIsReadAnyMore() {
    String fold = "GET / HTTP/1.1\r\nHost: a\r\n x\r\n\r\n";

    assertThat(read(fold, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).containsExactly(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1;a=\n2\r\nx\r\n0\r\n\r\n", "+1\r\nx\r\n0\r\n\r\n", "1\nx\r\n0\r\n\r\n"})
  void trickyChunksEndTheBodyAsAFailure(String chunks) {
    String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertThat(read(head + chunks)).containsExactly(0, -1);
  }

  @Test
  void aRequestLineOrHeadersBeyondTheBoundAreTold() {
    assertThat(read("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n")).containsExactly(414);
    String many = ("X: " + "b".repeat(1000) + "\r\n").repeat(17);
    assertThat(read("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n")).containsExactly(431);
  }

  @Test
  void chunkedBodiesPass() {
    EmbeddedChannel channel = channel();
    channel.writeInbound(
        Unpooled.copiedBuffer(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            StandardCharsets.US_ASCII));

    assertThat(channel.<Object>readInbound()).isInstanceOf(HttpRequest.class);
    HttpContent content = channel.readInbound();
    assertThat(content.content().toString(StandardCharsets.US_ASCII)).isEqualTo("hi");
    content.release();
    assertThat(channel.<Object>readInbound()).isInstanceOf(LastHttpContent.class);
    assertThat(channel.finishAndReleaseAll()).isFalse();
  }
}
