package dev.doorward.common.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.mcp.McpPeek.Result;
import dev.doorward.common.outcome.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpPeekTest {
  private final McpPeek peek = new McpPeek(PeekLimits.defaults());

  @Test
  void requestTellsIdMethodTargetVersionAndProgressToken() {
    McpMessage message =
        peeked(
            """
            {"params":{"_meta":{"progressToken":"p-1","io.modelcontextprotocol/protocolVersion":"2026-07-28"},
             "arguments":{"name":"not this one","Name":"nor this"},"name":"get_weather"},
             "id":7,"method":"tools/call","jsonrpc":"2.0"}
            """);

    assertThat(message)
        .isEqualTo(
            new McpMessage.Request(
                new MessageId("7", true),
                "tools/call",
                "get_weather",
                "2026-07-28",
                new MessageId("p-1", false)));
  }

  @ParameterizedTest
  @CsvSource({
    "tools/call, name",
    "prompts/get, name",
    "resources/read, uri",
    "resources/subscribe, uri",
    "resources/unsubscribe, uri",
    "tasks/get, taskId",
    "tasks/cancel, taskId"
  })
  void targetIsTheKeyThatTheMethodIsAbout(String method, String key) {
    McpMessage message =
        peeked(
            """
            {"jsonrpc":"2.0","id":"a","method":"%s",
             "params":{"name":"name","uri":"uri","taskId":"taskId"}}\
            """
                .formatted(method));

    assertThat(message)
        .isEqualTo(new McpMessage.Request(new MessageId("a", false), method, key, null, null));
  }

  @Test
  void targetOfOtherTypeIsRefusedOnlyWhereItIsTheTarget() {
    assertThat(refused("{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':5}}"))
        .isEqualTo(Reason.MCP_NOT_A_MESSAGE);
    assertThat(peeked("{'jsonrpc':'2.0','id':1,'method':'x/y','params':{'name':{'a':[1]}}}"))
        .isInstanceOf(McpMessage.Request.class);
  }

  @Test
  void messagesOfEveryKindAreTold() {
    assertThat(peeked("{'jsonrpc':'2.0','method':'notifications/initialized'}"))
        .isEqualTo(new McpMessage.Notification("notifications/initialized", null));
    assertThat(peeked("{'jsonrpc':'2.0','id':3,'result':{}}"))
        .isEqualTo(new McpMessage.Response(new MessageId("3", true), false));
    assertThat(peeked("{'jsonrpc':'2.0','id':null,'error':{'code':1,'message':''}}"))
        .isEqualTo(new McpMessage.Response(null, true));
    assertThat(peeked("[{'jsonrpc':'2.0','method':'a'},{'jsonrpc':'2.0','id':1,'method':'b'}]"))
        .isEqualTo(
            new McpMessage.Batch(
                List.of(
                    new McpMessage.Notification("a", null),
                    new McpMessage.Request(new MessageId("1", true), "b", null, null, null))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "1",
        "'x'",
        "null",
        "[1]",
        "[[]]",
        "{'jsonrpc':'2.0'}",
        "{'jsonrpc':'1.0','id':1,'method':'a'}",
        "{'jsonrpc':2.0,'id':1,'method':'a'}",
        "{'id':1,'method':'a'}",
        "{'jsonrpc':'2.0','id':null,'method':'a'}",
        "{'jsonrpc':'2.0','id':{},'method':'a'}",
        "{'jsonrpc':'2.0','id':true,'method':'a'}",
        "{'jsonrpc':'2.0','id':1,'method':''}",
        "{'jsonrpc':'2.0','id':1,'method':5}",
        "{'jsonrpc':'2.0','id':1,'method':'a','result':{}}",
        "{'jsonrpc':'2.0','id':1,'result':{},'error':{}}",
        "{'jsonrpc':'2.0','id':null,'result':{}}",
        "{'jsonrpc':'2.0','result':{}}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':[1]}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':'x'}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':{'_meta':{'progressToken':{}}}}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':{'_meta':{'io.modelcontextprotocol/protocolVersion':1}}}",
        "[{'jsonrpc':'2.0','method':'a'},[]]"
      })
  void jsonThatIsNoMessageIsRefused(String text) {
    assertThat(refused(text)).isEqualTo(Reason.MCP_NOT_A_MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{'jsonrpc':'2.0','method':'a'",
        "{'jsonrpc':'2.0','method':'a'}}",
        "{'jsonrpc':'2.0','method':'a'} x",
        "{'jsonrpc':'2.0','method':'a'}{}",
        "{'jsonrpc':'2.0','method':'a'},",
        "{'jsonrpc':'2.0','method':'a',}",
        "{'jsonrpc':'2.0' 'method':'a'}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':NaN}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':Infinity}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':01}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':+1}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':.5}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':1.}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':0x1f}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':tru}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':True}}",
        "{'jsonrpc':'2.0','method':'a','params':{x:1}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':[1,]}}",
        "{'jsonrpc':'2.0','method':'a'/* comment */}",
        "{'jsonrpc':'2.0','method':'a'} // comment",
        "# comment\n{'jsonrpc':'2.0','method':'a'}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':'\\q'}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':'\\u12g4'}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':'a\nb'}}",
        "{'jsonrpc':'2.0','method':'a','params':{'x':'a\tb'}}",
        "{'jsonrpc':'2.0','method':'a'}\0",
        "\u000b{'jsonrpc':'2.0','method':'a'}",
        "\u00a0{'jsonrpc':'2.0','method':'a'}",
        "\ufeff{'jsonrpc':'2.0','method':'a'}"
      })
  void whatIsNotJsonIsRefused(String text) {
    assertThat(refused(text)).isEqualTo(Reason.JSON_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'jsonrpc':'2.0','method':'a','method':'b'}",
        "{'jsonrpc':'2.0','method':'a','meth\\u006fd':'b'}",
        "{'jsonrpc':'2.0','method':'a','Method':'b'}",
        "{'jsonrpc':'2.0','method':'a','ID':'b'}",
        "{'jsonrpc':'2.0','method':'a','param\u017f':{}}",
        "{'jsonrpc':'2.0','method':'a','JsonRpc':'2.0'}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'a','name':'b'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'a','Name':'b'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'Name':'b'}}",
        "{'jsonrpc':'2.0','id':1,'method':'resources/read','params':{'uri':'a','URI':'b'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tasks/get','params':{'taskid':'b'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'a','Arguments':{}}}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':{'_Meta':{}}}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':{'_meta':{'progresstoken':1}}}",
        "{'jsonrpc':'2.0','id':1,'method':'a','params':{'arguments':{'deep':[{'k':1,'k':2}]}}}",
        "{'jsonrpc':'2.0','id':1,'result':{'k':1,'k':2}}",
        "[{'jsonrpc':'2.0','method':'a'},{'jsonrpc':'2.0','method':'a','METHOD':'b'}]"
      })
  void duplicateKeysAndCaseVariantsOfKeysThatMatterAreRefused(String text) {
    assertThat(refused(text)).isEqualTo(Reason.JSON_DUPLICATE_KEY);
  }

  @Test
  void duplicateAmongManyKeysIsFound() {
    var keys = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      keys.append("'k").append(i).append("':1,");
    }
    String before = "{'jsonrpc':'2.0','method':'a','params':{'x':{" + keys;

    assertThat(peeked(before + "'k40':2}}}")).isInstanceOf(McpMessage.Notification.class);
    assertThat(refused(before + "'k3':2}}}")).isEqualTo(Reason.JSON_DUPLICATE_KEY);
    assertThat(refused(before + "'k39':2}}}")).isEqualTo(Reason.JSON_DUPLICATE_KEY);
  }

  @Test
  void sameKeyInSiblingObjectsIsNoDuplicate() {
    assertThat(peeked("{'jsonrpc':'2.0','method':'a','params':{'x':[{'k':1},{'k':2}],'k':3}}"))
        .isInstanceOf(McpMessage.Notification.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080", // overlong NUL
        "c1bf",
        "e08080", // overlong
        "eda080", // a surrogate in UTF-8
        "edb080",
        "f0808080",
        "f4908080", // above U+10FFFF
        "f8888080",
        "ff",
        "80", // a tail without a lead
        "c3", // cut short by the quote
        "e282",
        "f09f98"
      })
  void invalidUtf8IsRefused(String hex) {
    byte[] inner = HexFormat.of().parseHex(hex);
    byte[] head = bytes("{'jsonrpc':'2.0','method':'a','params':{'x':'");
    byte[] tail = bytes("'}}");
    byte[] body = new byte[head.length + inner.length + tail.length];
    System.arraycopy(head, 0, body, 0, head.length);
    System.arraycopy(inner, 0, body, head.length, inner.length);
    System.arraycopy(tail, 0, body, head.length + inner.length, tail.length);

    assertThat(peek.peek(body, 0, body.length))
        .isEqualTo(new Result.Refused(Reason.JSON_MALFORMED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\ud800",
        "\\udc00",
        "\\ud800x",
        "\\ud800\\n",
        "\\ud800\\ud800",
        "\\uDC00\\uD800"
      })
  void loneSurrogateIsRefused(String escape) {
    assertThat(refused("{'jsonrpc':'2.0','method':'a','params':{'x':'" + escape + "'}}"))
        .isEqualTo(Reason.JSON_MALFORMED);
    assertThat(refused("{'jsonrpc':'2.0','method':'a','params':{'" + escape + "':1}}"))
        .isEqualTo(Reason.JSON_MALFORMED);
  }

  @Test
  void everyOtherCharacterIsFine() {
    McpMessage message =
        peeked(
            "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':"
                + "{'name':'\\ud83d\\ude00 \u00e9 \u4e16 \ud83d\ude00 \\\\ud800 \\\"'}}");

    assertThat(((McpMessage.Request) message).target())
        .isEqualTo("\ud83d\ude00 \u00e9 \u4e16 \ud83d\ude00 \\ud800 \"");
  }

  @Test
  void bytesOfUtf16AndUtf32AreRefused() {
    String text = "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}";
    for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE")) {
      byte[] body = text.getBytes(Charset.forName(charset));

      assertThat(peek.peek(body, 0, body.length))
          .as(charset)
          .isEqualTo(new Result.Refused(Reason.JSON_MALFORMED));
    }
  }

  @Test
  void depthIsBounded() {
    String start = "{'jsonrpc':'2.0','method':'a','params':{'x':";
    // The message and its params are two levels.
    assertThat(peeked(start + "[".repeat(62) + "]".repeat(62) + "}}"))
        .isInstanceOf(McpMessage.Notification.class);
    assertThat(refused(start + "[".repeat(63) + "]".repeat(63) + "}}"))
        .isEqualTo(Reason.JSON_TOO_DEEP);
    assertThat(refused(start + "{'a':".repeat(63) + "1" + "}".repeat(63) + "}}"))
        .isEqualTo(Reason.JSON_TOO_DEEP);
    assertThat(refused("[".repeat(100_000))).isEqualTo(Reason.MCP_NOT_A_MESSAGE);
    assertThat(refused(start + "[".repeat(100_000))).isEqualTo(Reason.JSON_TOO_DEEP);
  }

  @Test
  void sizesAreBounded() {
    var small = new McpPeek(new PeekLimits(2_000, 64, 100, 50, 20, 200, 3, 30));
    String start = "{'jsonrpc':'2.0','id':1,'method':'a','params':{";

    assertThat(reason(small, start + "'x':'" + "s".repeat(100) + "'}}")).isNull();
    assertThat(reason(small, start + "'x':'" + "s".repeat(101) + "'}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, start + "'" + "k".repeat(50) + "':1}}")).isNull();
    assertThat(reason(small, start + "'" + "k".repeat(51) + "':1}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, start + "'x':" + "9".repeat(20) + "}}")).isNull();
    assertThat(reason(small, start + "'x':" + "9".repeat(21) + "}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, start + "'x':1." + "9".repeat(21) + "}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, start + "'x':1e" + "9".repeat(21) + "}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, start + "'x':[" + "1,".repeat(300) + "1]}}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, "{'jsonrpc':'2.0','method':'" + "m".repeat(31) + "'}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, "{'jsonrpc':'2.0','method':'a','id':'" + "i".repeat(31) + "'}"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    String one = "{'jsonrpc':'2.0','method':'a'}";
    assertThat(reason(small, "[" + one + "," + one + "," + one + "]")).isNull();
    assertThat(reason(small, "[" + one + "," + one + "," + one + "," + one + "]"))
        .isEqualTo(Reason.JSON_TOO_LARGE);
    assertThat(reason(small, one + " ".repeat(2_000))).isEqualTo(Reason.HTTP_BODY_TOO_LARGE);
  }

  @Test
  void bufferIsReadWhereItStandsAndLeftAsItWas() {
    byte[] body = bytes("xx{'jsonrpc':'2.0','method':'a'}yy");
    for (ByteBuffer buffer :
        List.of(
            ByteBuffer.wrap(body.clone()),
            ByteBuffer.allocateDirect(body.length).put(body).flip(),
            ByteBuffer.wrap(body.clone()).asReadOnlyBuffer())) {
      buffer.position(2).limit(body.length - 2);

      Result result = peek.peek(buffer);

      assertThat(result).isEqualTo(new Result.Peeked(new McpMessage.Notification("a", null)));
      assertThat(buffer.position()).isEqualTo(2);
      assertThat(buffer.limit()).isEqualTo(body.length - 2);
      byte[] after = new byte[body.length];
      buffer.clear().get(after);
      assertThat(after).isEqualTo(body);
    }
    byte[] second = new byte[body.length + 3];
    System.arraycopy(body, 0, second, 3, body.length);
    ByteBuffer slice = ByteBuffer.wrap(second).slice(3, body.length).position(2);
    slice.limit(body.length - 2);
    assertThat(peek.peek(slice)).isInstanceOf(Result.Peeked.class);
  }

  @Test
  void idIsEchoedAsJson() {
    assertThat(new MessageId("-12.50", true).json()).isEqualTo("-12.50");
    assertThat(new MessageId("a\"b\\c\n\u00e9", false).json())
        .isEqualTo("\"a\\\"b\\\\c\\u000a\\u00e9\"");
  }

  private McpMessage peeked(String text) {
    byte[] body = bytes(text);
    Result result = peek.peek(ByteBuffer.wrap(body));
    assertThat(result).as(text).isInstanceOf(Result.Peeked.class);
    return ((Result.Peeked) result).message();
  }

  private Reason refused(String text) {
    Reason reason = reason(peek, text);
    assertThat(reason).as(text).isNotNull();
    return Objects.requireNonNull(reason);
  }

  private static @Nullable Reason reason(McpPeek peek, String text) {
    return switch (peek.peek(ByteBuffer.wrap(bytes(text)))) {
      case Result.Peeked _ -> null;
      case Result.Refused(Reason reason) -> reason;
    };
  }

  /** Apostrophes stand for quotation marks. */
  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
