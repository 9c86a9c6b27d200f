package dev.doorward.common.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.doorward.common.mcp.McpPeek.Result;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Replays its seeds in each build; with {@code JAZZER_FUZZ=1} it looks for more. */
class McpFuzzTest {
  private static final McpPeek PEEK = new McpPeek(PeekLimits.defaults());

  @FuzzTest
  void bodyIsJudgedAsASecondReaderJudges(byte[] body) {
    byte[] before = body.clone();

    Result result = PEEK.peek(body, 0, body.length);

    assertThat(body).isEqualTo(before);
    McpPeekPropertyTest.compare(body, result);
  }

  @FuzzTest
  void streamMeansTheSameHoweverItIsCut(byte[] stream) {
    List<SseEvent> whole = new ArrayList<>();
    List<SseEvent> cut = new ArrayList<>();
    SseParser one = SseParser.events(4_096, whole::add);
    SseParser many = SseParser.events(4_096, cut::add);

    boolean refused = one.feed(ByteBuffer.wrap(stream)).isPresent();
    boolean refusedInParts = false;
    for (int i = 0; i < stream.length; i++) {
      refusedInParts |= many.feed(ByteBuffer.wrap(stream, i, 1)).isPresent();
    }

    assertThat(cut).isEqualTo(whole);
    assertThat(refusedInParts).isEqualTo(refused);
    assertThat(many.atBoundary()).isEqualTo(one.atBoundary());
  }
}
