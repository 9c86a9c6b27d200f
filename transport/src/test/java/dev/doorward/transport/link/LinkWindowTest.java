package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows on a link whose bytes take a while. */
@Timeout(60)
class LinkWindowTest {
  private static final Duration ONE_WAY = Duration.ofMillis(20);
  private static final int CHUNK = 16_384;

  private LinkPair pair;
  private Wire wire;

  @BeforeEach
  void start() throws Exception {
    pair = new LinkPair(LinkSettings.defaults(), 1);
    wire = new Wire(pair.port(), ONE_WAY);
  }

  @AfterEach
  void stop() throws Exception {
    pair.close();
    wire.close();
  }

  private static LinkCall open(EdgeLink link, String method, Heard heard) {
    return link.open(
        new LinkHead("c1", LinkPair.NOTES, method, "/mcp", "t", new DefaultHttpHeaders()),
        link.eventLoop(),
        heard);
  }

  /** Lets an answer run until {@code bytes} have come, then does not read any more. */
  private static void stopAt(LinkCall call, Heard heard, int bytes) {
    Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> heard.bytes.get() >= bytes);
    call.read(false);
  }

  /** What an agent could send to a reader that has stopped, once nothing moves any more. */
  private static int onTheWay(Parked.Call agent, Heard heard, int most) {
    return most - agent.chunksLeft() * CHUNK - heard.bytes.get();
  }

  @Test
  void anAnswerThatIsReadFastGetsALargerWindowAndGivesItBack() throws Exception {
    Parked agent = new Parked();
    EdgeLinkSession link = (EdgeLinkSession) pair.link(agent, 0, wire.port());
    LinkWindows windows = link.flow().windows();
    Heard heard = new Heard(false);
    LinkCall call = open(link, "GET", heard);
    Parked.Call flooding = agent.next();
    int all = 4000 * CHUNK;

    flooding.flood(CHUNK, 4000);
    stopAt(call, heard, 12 * 1024 * 1024);

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(onTheWay(flooding, heard, all))
                // The peer is told of room when half of a window was drained.
                .isGreaterThan(LinkSettings.STREAM_WINDOW_MOST / 2));
    assertThat(onTheWay(flooding, heard, all)).isLessThan(2 * LinkSettings.STREAM_WINDOW_MOST);
    assertThat(LinkSettings.GROWTH_BUDGET - windows.left())
        .isEqualTo(LinkSettings.STREAM_WINDOW_MOST - LinkSettings.STREAM_WINDOW);

    call.cancel();
    link.eventLoop().submit(() -> {}).get();
    assertThat(windows.left()).isEqualTo(LinkSettings.GROWTH_BUDGET);
  }

  @Test
  void aRequestThatIsReadFastGetsALargerWindowToo() throws Exception {
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent, 0, wire.port());
    AgentLinkSession session = pair.agentUps.take();
    Awaitility.await().until(() -> session.rttMicros() > 0);
    Heard heard = new Heard(false);
    LinkCall call = open(link, "POST", heard);
    Uploading upload = new Uploading(call, link);

    upload.pour(600);

    agent.next();
    Awaitility.await()
        .until(() ->
            LinkSettings.GROWTH_BUDGET - session.flow().windows().left()
                == LinkSettings.STREAM_WINDOW_MOST - LinkSettings.STREAM_WINDOW);
    call.cancel();
    Awaitility.await().until(() -> session.flow().windows().left() == LinkSettings.GROWTH_BUDGET);
  }

  /** Writes as fast as the window lets it. */
  private record Uploading(LinkCall call, EdgeLink link) {
    void pour(int chunks) {
      link.eventLoop().execute(() -> more(chunks));
    }

    private void more(int left) {
      int rest = left;
      while (rest > 0 && call.isWritable()) {
        call.write(Unpooled.wrappedBuffer(new byte[CHUNK]), false);
        rest--;
      }
      int next = rest;
      if (next > 0) {
        link.eventLoop().execute(() -> more(next));
      }
    }
  }

  @Test
  void manyFastStreamsThatAreNotReadLeaveRoomForOthers() throws Exception {
    Parked agent = new Parked();
    EdgeLinkSession link = (EdgeLinkSession) pair.link(agent, 0, wire.port());
    List<Heard> heard = new ArrayList<>();
    List<LinkCall> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Heard each = new Heard(false);
      heard.add(each);
      calls.add(open(link, "GET", each));
      agent.next().flood(CHUNK, 4000);
    }
    for (int i = 0; i < 12; i++) {
      stopAt(calls.get(i), heard.get(i), 3 * 1024 * 1024);
    }

    assertThat(link.flow().windows().left()).isNotNegative().isLessThan(8 * 1024 * 1024);
    Heard other = new Heard();
    open(link, "GET", other);
    agent.next().answer("still here");
    assertThat(other.await().problem()).isNull();
    calls.forEach(LinkCall::cancel);
  }
}
