package dev.doorward.common.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.mcp.McpPeek.Result;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Bodies that were changed at random are judged as a second reader judges them. */
class McpPeekPropertyTest {
  private static final McpPeek PEEK = new McpPeek(PeekLimits.defaults());

  private static final List<String> SEEDS =
      List.of(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
              + "\"arguments\":{\"a\":[1,2.5e3,-0,true,null,{\"b\":\"\\u00e9\\n\"}]},"
              + "\"_meta\":{\"progressToken\":\"t\"}}}",
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":{\"k\":\"\u4e16\ud83d\ude00\"}}",
          "[{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}},{\"jsonrpc\":\"2.0\",\"method\":\"y\"}]",
          "{\"id\":2,\"jsonrpc\":\"2.0\",\"method\":\"resources/read\",\"params\":{\"uri\":\"\\ud83d\\ude00\"}}");
  private static final byte[][] SNIPPETS = {
    "\"".getBytes(StandardCharsets.UTF_8),
    "{".getBytes(StandardCharsets.UTF_8),
    "}".getBytes(StandardCharsets.UTF_8),
    "[".getBytes(StandardCharsets.UTF_8),
    "]".getBytes(StandardCharsets.UTF_8),
    ",".getBytes(StandardCharsets.UTF_8),
    ":".getBytes(StandardCharsets.UTF_8),
    "\\".getBytes(StandardCharsets.UTF_8),
    "\\u".getBytes(StandardCharsets.UTF_8),
    "\\ud800".getBytes(StandardCharsets.UTF_8),
    "\\udc00".getBytes(StandardCharsets.UTF_8),
    "\"method\":\"z\",".getBytes(StandardCharsets.UTF_8),
    "\"k\":0,".getBytes(StandardCharsets.UTF_8),
    "0".getBytes(StandardCharsets.UTF_8),
    "e".getBytes(StandardCharsets.UTF_8),
    "-".getBytes(StandardCharsets.UTF_8),
    ".".getBytes(StandardCharsets.UTF_8),
    " \t\r\n".getBytes(StandardCharsets.UTF_8),
    "/**/".getBytes(StandardCharsets.UTF_8),
    "NaN".getBytes(StandardCharsets.UTF_8),
    "null".getBytes(StandardCharsets.UTF_8),
    {0},
    {(byte) 0xc0, (byte) 0x80},
    {(byte) 0xc3, (byte) 0xa9},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
    {(byte) 0xf0, (byte) 0x9f, (byte) 0x98, (byte) 0x80},
    {(byte) 0xff}
  };

  @Test
  void judgedAsASecondReaderJudges() {
    RandomGenerator random = new Random(1_120);
    Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
    int peeked = 0;
    for (int round = 0; round < 60_000; round++) {
      byte[] body = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        body = changed(body, random);
      }

      Result result = PEEK.peek(body, 0, body.length);

      compare(body, result);
      switch (result) {
        case Result.Peeked _ -> peeked++;
        case Result.Refused(Reason reason) -> seen.merge(reason, 1, Integer::sum);
      }
    }
    // The changes reach every kind of answer.
    assertThat(peeked).isGreaterThan(1_000);
    assertThat(seen)
        .containsOnlyKeys(
            Reason.JSON_MALFORMED, Reason.JSON_DUPLICATE_KEY, Reason.MCP_NOT_A_MESSAGE);
  }

  /** Throws where the two readers disagree. */
  static void compare(byte[] body, Result result) {
    Optional<Object> tree = SecondOpinion.tree(body);
    String text = new String(body, StandardCharsets.UTF_8);
    switch (result) {
      case Result.Peeked(McpMessage message) -> {
        assertThat(tree).as(text).isPresent();
        agrees(message, tree.get());
      }
      case Result.Refused(Reason reason) -> {
        if (reason == Reason.JSON_MALFORMED) {
          assertThat(tree).as(text).isEmpty();
        }
      }
    }
  }

  private static void agrees(McpMessage message, Object tree) {
    if (message instanceof McpMessage.Batch(List<McpMessage> messages)) {
      List<?> parts = (List<?>) tree;
      assertThat(parts).hasSameSizeAs(messages);
      for (int i = 0; i < parts.size(); i++) {
        agrees(messages.get(i), Objects.requireNonNull(parts.get(i)));
      }
      return;
    }
    Map<?, ?> object = (Map<?, ?>) tree;
    switch (message) {
      case McpMessage.Request request -> {
        assertThat(object.get("method")).isEqualTo(request.method());
        assertThat(object.get("id")).isNotNull();
        if (request.target() != null) {
          Map<?, ?> params = (Map<?, ?>) Objects.requireNonNull(object.get("params"));
          assertThat(params.values().stream().anyMatch(request.target()::equals)).isTrue();
        }
      }
      case McpMessage.Notification notification -> {
        assertThat(object.get("method")).isEqualTo(notification.method());
        assertThat(object.containsKey("id")).isFalse();
      }
      case McpMessage.Response response ->
          assertThat(object.containsKey("error")).isEqualTo(response.error());
      case McpMessage.Batch _ -> throw new AssertionError("nested batch");
    }
  }

  private static byte[] changed(byte[] body, RandomGenerator random) {
    int at = random.nextInt(body.length + 1);
    int cut = random.nextInt(3) == 0 ? Math.min(body.length - at, random.nextInt(4)) : 0;
    byte[] in = random.nextInt(4) == 0 ? new byte[0] : SNIPPETS[random.nextInt(SNIPPETS.length)];
    byte[] out = new byte[body.length - cut + in.length];
    System.arraycopy(body, 0, out, 0, at);
    System.arraycopy(in, 0, out, at, in.length);
    System.arraycopy(body, at + cut, out, at + in.length, body.length - at - cut);
    return out;
  }
}
