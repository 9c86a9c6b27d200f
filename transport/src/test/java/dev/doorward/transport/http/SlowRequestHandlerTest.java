package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowRequestHandlerTest {
  private final List<Object> events = new ArrayList<>();
  private EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new Http1Codec(HttpLimits.defaults()),
            SlowRequestHandler.ofConnection(HttpLimits.defaults()),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
              }

              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ReferenceCountUtil.release(msg);
              }
            });
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private void answer() {
    channel.writeOutbound(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT, Unpooled.EMPTY_BUFFER));
    channel.releaseOutbound();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() {
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(2);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aHeadThatDripsIsClosedHoweverOftenAByteComes() {
    send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 4; i++) {
      pass(2);
      send("X: y\r\n");
    }
    assertThat(channel.isOpen()).isTrue();
    pass(3);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aLaterHeadHasTheSameTimeCountedFromItsFirstByte() {
    send("GET / HTTP/1.1\r\n\r\n");
    answer();
    pass(60);
    assertThat(channel.isOpen()).isTrue();
    send("GET");
    pass(9);
    send(" / HTTP/1.1\r\n");
    pass(2);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aConnectionMayRestSeventyFiveSeconds() {
    send("GET / HTTP/1.1\r\n\r\n");
    answer();
    pass(74);
    assertThat(channel.isOpen()).isTrue();
    pass(2);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerMayTakeAsLongAsItTakes() {
    send("GET / HTTP/1.1\r\n\r\n");
    pass(3600);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aBodyThatStopsIsTold() {
    send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + "a".repeat(50_000));
    pass(29);
    assertThat(events).isEmpty();
    pass(2);
    assertThat(events).containsExactly(SlowRequestHandler.Timeout.BODY);
  }

  @Test
  void aBodyThatDripsBelowItsRateIsTold() {
    send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 5; i++) {
      send("ab");
      pass(3);
    }
    assertThat(events).containsExactly(SlowRequestHandler.Timeout.BODY);
  }
}
