package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkCallTest {
  private LinkPair pair;

  @BeforeEach
  void start() throws Exception {
    pair = new LinkPair(LinkSettings.defaults(), 2);
  }

  @AfterEach
  void stop() {
    pair.close();
  }

  static LinkHead head(String method, String path, HttpHeaders headers) {
    return new LinkHead("call-1", LinkPair.NOTES, method, path, "a.b.c", headers);
  }

  private EventLoop otherLoop(EdgeLink link) {
    EventLoop loop = pair.edgeLoops.group().next();
    return loop.equals(link.eventLoop()) ? pair.edgeLoops.group().next() : loop;
  }

  @Test
  void aPostComesBackByteForByteOnEitherLoop() throws Exception {
    EdgeLink link = pair.link(new Echoing());

    for (EventLoop loop : List.of(link.eventLoop(), otherLoop(link))) {
      HttpHeaders headers = new DefaultHttpHeaders().set("Mcp-Method", "tools/call");
      Heard heard = new Heard();
      LinkCall call = link.open(head("POST", "/mcp?a=1", headers), loop, heard);
      call.write(Unpooled.copiedBuffer("hello ", StandardCharsets.UTF_8), false);
      call.write(Unpooled.copiedBuffer("world", StandardCharsets.UTF_8), true);

      Heard.End end = heard.await();
      assertThat(end.problem()).isNull();
      assertThat(end.status()).isEqualTo(200);
      assertThat(end.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello world");
      assertThat(end.headers().get("x-query")).isEqualTo("a=1");
      assertThat(end.headers().get("x-call")).isEqualTo("call-1");
      assertThat(end.headers().get("x-names")).isEqualTo("mcp-method");
    }
    assertThat(link.rttMicros()).isPositive();
  }

  @Test
  void aGetNeedsNoWrite() throws Exception {
    EdgeLink link = pair.link(new Echoing());
    Heard heard = new Heard();

    link.open(head("GET", "/mcp", new DefaultHttpHeaders()), link.eventLoop(), heard);

    assertThat(heard.await().headers().get("x-method")).isEqualTo("GET");
  }

  @Test
  void manyCallsWithLargeBodiesShareALink() throws Exception {
    EdgeLink link = pair.link(new Echoing());
    byte[] body = new byte[700_000];
    new Random(1).nextBytes(body);
    List<Heard> all = new ArrayList<>();

    for (int i = 0; i < 60; i++) {
      Heard heard = new Heard();
      EventLoop loop = i % 2 == 0 ? link.eventLoop() : otherLoop(link);
      LinkCall call = link.open(head("POST", "/mcp", new DefaultHttpHeaders()), loop, heard);
      call.write(Unpooled.wrappedBuffer(body), true);
      all.add(heard);
    }

    for (Heard heard : all) {
      Heard.End end = heard.await();
      assertThat(end.problem()).isNull();
      assertThat(end.body()).isEqualTo(body);
    }
    link.eventLoop().submit(() -> {}).get(5, TimeUnit.SECONDS);
    assertThat(link.openCalls()).isZero();
  }
}
