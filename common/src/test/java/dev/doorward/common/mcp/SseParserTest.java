package dev.doorward.common.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {
  @Test
  void fieldsBecomeAnEvent() {
    assertThat(events("event: progress\nid: 7\nretry: 2500\ndata: one\ndata:two\ndata\n\n"))
        .containsExactly(new SseEvent("progress", "one\ntwo\n", "7", OptionalLong.of(2_500)));
  }

  @Test
  void examplesOfTheStandard() {
    assertThat(events("data: YHOO\ndata: +2\ndata: 10\n\n"))
        .containsExactly(message("YHOO\n+2\n10", ""));
    assertThat(
            events(
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"))
        .containsExactly(
            message("first event", "1"), message("second event", ""), message(" third event", ""));
    assertThat(events("data\n\ndata\ndata\n\ndata:"))
        .containsExactly(message("", ""), message("\n", ""));
    assertThat(events("data:test\n\ndata: test\n\n"))
        .containsExactly(message("test", ""), message("test", ""));
  }

  @Test
  void idIsKeptAndOneWithNulIsIgnored() {
    assertThat(events("id: a\n\ndata: x\n\nid: b\0c\ndata: y\n\n"))
        .containsExactly(message("x", "a"), message("y", "a"));
  }

  @Test
  void unknownFieldsAndBadRetriesAreIgnored() {
    assertThat(events("foo: bar\nData: x\nretry: -1\nretry: 1s\nretry:\ndata: y\n\n"))
        .containsExactly(message("y", ""));
  }

  @Test
  void unfinishedEventIsNotGiven() {
    assertThat(events("data: x\n")).isEmpty();
    assertThat(events("data: x")).isEmpty();
  }

  @Test
  void byteOrderMarkIsSkippedAtTheStartOnly() {
    assertThat(events("\ufeffdata: x\n\n\ufeffdata: y\n\n")).containsExactly(message("x", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void everyLineEndCounts(String end) {
    String stream = String.join(end, ":c", "data: x", "data: y", "", "data: z", "", "");

    assertThat(events(stream)).containsExactly(message("x\ny", ""), message("z", ""));
  }

  @Test
  void howTheStreamIsCutChangesNothing() {
    RandomGenerator random = new Random(20261120);
    for (int round = 0; round < 3_000; round++) {
      byte[] stream = randomStream(random);

      List<SseEvent> whole = new ArrayList<>();
      SseParser one = SseParser.events(10_000, whole::add);
      one.feed(ByteBuffer.wrap(stream));
      List<SseEvent> cut = new ArrayList<>();
      SseParser many = SseParser.events(10_000, cut::add);
      SseParser boundaries = SseParser.boundaries();
      for (int at = 0; at < stream.length; ) {
        int next = Math.min(stream.length, at + 1 + random.nextInt(7));
        ByteBuffer slice = random.nextBoolean() ? direct(stream, at, next) : heap(stream, at, next);
        many.feed(slice);
        boundaries.feed(slice);
        assertThat(slice.remaining()).isEqualTo(next - at);
        assertThat(boundaries.atBoundary()).isEqualTo(many.atBoundary());
        at = next;
      }

      assertThat(cut).isEqualTo(whole);
      assertThat(many.atBoundary()).isEqualTo(one.atBoundary());
    }
  }

  /** What a relay does: the stream with comments put in at boundaries means the same. */
  @Test
  void commentAtABoundaryChangesNoEvent() {
    RandomGenerator random = new Random(42);
    int inserted = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] stream = randomStream(random);
      var relayed = new ByteArrayOutputStream();
      SseParser relay = SseParser.boundaries();
      for (int at = 0; at < stream.length; at++) {
        if (relay.atBoundary() && random.nextInt(3) == 0) {
          relayed.writeBytes(": keep-alive\n\n".getBytes(StandardCharsets.UTF_8));
          inserted++;
        }
        relay.feed(ByteBuffer.wrap(stream, at, 1));
        relayed.write(stream[at]);
      }

      assertThat(events(relayed.toByteArray())).isEqualTo(events(stream));
    }
    assertThat(inserted).isGreaterThan(1_000);
  }

  @Test
  void boundaryIsBetweenEventsOnly() {
    SseParser parser = SseParser.boundaries();
    assertThat(parser.atBoundary()).isTrue();
    assertThat(boundaryAfter(parser, "data: x")).isFalse();
    assertThat(boundaryAfter(parser, "\r")).isFalse();
    assertThat(boundaryAfter(parser, "\n")).isFalse();
    assertThat(boundaryAfter(parser, "\r")).isTrue();
    assertThat(boundaryAfter(parser, "\n")).isTrue();
    assertThat(boundaryAfter(parser, ": a comm")).isFalse();
    assertThat(boundaryAfter(parser, "ent\n")).isTrue();
    assertThat(boundaryAfter(parser, "id: 1\n: comment\n")).isFalse();
    assertThat(boundaryAfter(parser, "\n")).isTrue();
  }

  @Test
  void eventIsBounded() {
    List<SseEvent> seen = new ArrayList<>();
    SseParser parser = SseParser.events(20, seen::add);

    assertThat(parser.feed(utf8("data: 0123456789\n\n".repeat(5)))).isEmpty();
    assertThat(parser.feed(utf8("data: 0123456789"))).isEmpty();
    assertThat(parser.feed(utf8("\n: 34567"))).contains(Reason.SSE_EVENT_TOO_LARGE);
    assertThat(parser.feed(utf8("\n\n"))).contains(Reason.BACKEND_PROTOCOL_VIOLATION);
    assertThat(seen).hasSize(5);
  }

  @Test
  void invalidUtf8IsRefused() {
    SseParser parser = SseParser.events(100, event -> {});

    assertThat(parser.feed(ByteBuffer.wrap(new byte[] {'d', ':', (byte) 0xc0, (byte) 0x80, '\n'})))
        .contains(Reason.BACKEND_PROTOCOL_VIOLATION);
  }

  private static byte[] randomStream(RandomGenerator random) {
    String[] parts = {
      "data: x",
      "data:y",
      "data",
      "id: 1",
      "id",
      "event: e",
      "retry: 5",
      ": c",
      ":",
      "",
      "",
      "",
      "\u00e9\ud83d\ude00: 1",
      "data: \u4e16\ud83d\ude00"
    };
    String[] ends = {"\n", "\r", "\r\n"};
    var stream = new StringBuilder();
    int lines = 1 + random.nextInt(12);
    boolean mixed = random.nextBoolean();
    String end = ends[random.nextInt(3)];
    for (int i = 0; i < lines; i++) {
      stream.append(parts[random.nextInt(parts.length)]);
      stream.append(mixed ? ends[random.nextInt(3)] : end);
    }
    if (random.nextBoolean()) {
      stream.append("data: unfinished");
    }
    return stream.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static boolean boundaryAfter(SseParser parser, String text) {
    parser.feed(utf8(text));
    return parser.atBoundary();
  }

  private static SseEvent message(String data, String lastId) {
    return new SseEvent("message", data, lastId, OptionalLong.empty());
  }

  private static List<SseEvent> events(String stream) {
    return events(stream.getBytes(StandardCharsets.UTF_8));
  }

  private static List<SseEvent> events(byte[] stream) {
    List<SseEvent> events = new ArrayList<>();
    assertThat(SseParser.events(10_000, events::add).feed(ByteBuffer.wrap(stream))).isEmpty();
    return events;
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer heap(byte[] bytes, int from, int to) {
    return ByteBuffer.wrap(bytes, from, to - from);
  }

  private static ByteBuffer direct(byte[] bytes, int from, int to) {
    return ByteBuffer.allocateDirect(to - from).put(bytes, from, to - from).flip();
  }
}
