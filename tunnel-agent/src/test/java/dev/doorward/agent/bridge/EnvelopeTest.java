package dev.doorward.agent.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.PeekLimits;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final McpPeek PEEK = new McpPeek(PeekLimits.defaults());

  private static Envelope.Read read(String json) {
    return Envelope.read(PEEK, json.getBytes(StandardCharsets.UTF_8));
  }

  private static Envelope one(String json) {
    return switch (read(json)) {
      case Envelope.Read.Messages(List<Envelope> all, boolean _) -> all.getFirst();
      case Envelope.Read.Refused(Reason reason) -> throw new AssertionError(reason);
    };
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  @Test
  void partsAreReplacedWhereTheyStandAndNothingElse() {
    Envelope request =
        one(
            " {\"params\" : { \"_meta\":{\"x\":{\"progressToken\":1},\"progressToken\" : \"a}\\\"\" } ,"
                + " \"id\":3,\"name\":\"t\"}, \"id\":-1.5e3 ,\"method\":\"tools/call\",\"jsonrpc\":\"2.0\"} ");

    assertThat(request.text(request.id())).isEqualTo("-1.5e3");
    assertThat(request.text(request.token())).isEqualTo("\"a}\\\"\"");
    assertThat(
            text(
                request.with(
                    new Envelope.Edit(request.id(), "17"),
                    new Envelope.Edit(request.token(), "18"))))
        .isEqualTo(
            " {\"params\" : { \"_meta\":{\"x\":{\"progressToken\":1},\"progressToken\" : 18 } ,"
                + " \"id\":3,\"name\":\"t\"}, \"id\":17 ,\"method\":\"tools/call\",\"jsonrpc\":\"2.0\"} ");
  }

  @Test
  void aMessageOverSeveralLinesBecomesOne() {
    assertThat(text(one("{\"jsonrpc\":\"2.0\",\r\n\t\"method\":\"a\"\n}").json()))
        .isEqualTo("{\"jsonrpc\":\"2.0\",  \t\"method\":\"a\" }");
  }

  @Test
  void errorsHaveTheirCode() {
    assertThat(
            one("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"message\":\"\",\"code\":-32601}}")
                .errorCode())
        .isEqualTo(-32601);
    assertThat(one("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"code\":5}}").errorCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"\\u0069d\":1,\"method\":\"a\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"\\u005fmeta\":{}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"_meta\":{\"progress\\u0054oken\":2}}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"a\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\n\"}}",
        "[]",
        "{}",
        "5",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}{}"
      })
  void whatAnotherReaderCouldReadInAnotherWayIsRefused(String json) {
    assertThat(read(json)).isInstanceOf(Envelope.Read.Refused.class);
  }

  @Test
  void aBatchIsTakenApart() {
    assertThat(
            read(
                "[ {\"jsonrpc\":\"2.0\",\"method\":\"a\"} ,{\"jsonrpc\":\"2.0\",\"id\":\"]\",\"method\":\"b\"}]"))
        .isInstanceOfSatisfying(
            Envelope.Read.Messages.class,
            messages -> {
              assertThat(messages.batch()).isTrue();
              assertThat(messages.all()).hasSize(2);
              assertThat(text(messages.all().getLast().json()))
                  .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"]\",\"method\":\"b\"}");
            });
  }
}
