package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessLogTest {
  @Test
  void aFieldCannotBreakTheLine() {
    assertThat(AccessLog.safe("/a/mcp")).isEqualTo("/a/mcp");
    assertThat(AccessLog.safe("/a\r\nfake=\"x\" \u001b[31m\u202e"))
        .isEqualTo("/a??fake=?x???[31m?");
    assertThat(AccessLog.safe("a".repeat(1000))).hasSize(256);
  }
}
