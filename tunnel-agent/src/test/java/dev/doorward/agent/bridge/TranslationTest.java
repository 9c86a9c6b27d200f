package dev.doorward.agent.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationTest {
  private static String completed(String method, String info, String result) {
    return new String(
        Translation.completed(
            method,
            info,
            ("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}")
                .getBytes(StandardCharsets.UTF_8)),
        StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "tools/call|{}|{\"resultType\":\"complete\"}",
        "tools/call|{\"a\":1}|{\"resultType\":\"complete\",\"a\":1}",
        "tools/call|{\"resultType\":\"x\"}|{\"resultType\":\"x\"}",
        "tools/list|{ }|{\"resultType\":\"complete\",\"ttlMs\":0,\"cacheScope\":\"private\" }",
        "tools/list|{\"resultType\":\"complete\"}|{\"ttlMs\":0,\"cacheScope\":\"private\",\"resultType\":\"complete\"}",
        "tools/list|{\"resultType\":\"c\",\"ttlMs\":5}|{\"resultType\":\"c\",\"ttlMs\":5}",
        "tools/list|[]|[]"
      })
  void aResultSaysWhatTheNewRevisionWants(String method, String result, String expected) {
    assertThat(completed(method, "", result))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + expected + "}");
  }

  @Test
  void theServersNameIsAddedOnlyWhereThereIsRoom() {
    assertThat(completed("a", "{\"name\":\"x\"}", "{}"))
        .contains("\"_meta\":{\"io.modelcontextprotocol/serverInfo\":{\"name\":\"x\"}}");
    assertThat(completed("a", "{\"name\":\"x\"}", "{\"_meta\":{}}")).doesNotContain("serverInfo");
  }
}
