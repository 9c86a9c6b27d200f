package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http2HeadHandlerTest {

  private static Http2Headers head() {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme("https")
        .authority("edge.example")
        .path("/a/mcp");
  }

  @Test
  void anOrdinaryHeadPassesWithoutTheConvertersOwnHeaders() {
    var channel = new EmbeddedChannel(new Http2HeadHandler());
    Http2Headers head = head().add("x-http2-stream-id", "1").add("accept", "x");

    channel.writeInbound(new DefaultHttp2HeadersFrame(head));
    Http2HeadersFrame frame = channel.readInbound();

    assertThat(frame.headers().contains("x-http2-stream-id")).isFalse();
    assertThat(frame.headers().contains("accept")).isTrue();
    assertThat(channel.finishAndReleaseAll()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    ":path,a/mcp",
    ":path,''",
    ":path,*",
    ":scheme,http",
    ":scheme,gopher",
    ":protocol,websocket",
    ":authority,user@edge.example",
    ":authority,''",
  })
  void oddPseudoHeadersResetTheStream(String name, String value) {
    var channel = new EmbeddedChannel(new Http2HeadHandler());

    channel.writeInbound(new DefaultHttp2HeadersFrame(head().set(name, value)));
    Http2ResetFrame reset = channel.readOutbound();

    assertThat(reset.errorCode()).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
    assertThat(channel.<Object>readInbound()).isNull();
    var data = new DefaultHttp2DataFrame(Unpooled.buffer(4).writeZero(4));
    channel.writeInbound(data);
    assertThat(data.refCnt()).isZero();
    assertThat(channel.finishAndReleaseAll()).isFalse();
  }

  @Test
  void aMissingAuthorityResetsTheStream() {
    var channel = new EmbeddedChannel(new Http2HeadHandler());
    Http2Headers head = head();
    head.remove(":authority");

    channel.writeInbound(new DefaultHttp2HeadersFrame(head));

    assertThat(channel.<Object>readOutbound()).isInstanceOf(Http2ResetFrame.class);
    assertThat(channel.finishAndReleaseAll()).isFalse();
  }
}
