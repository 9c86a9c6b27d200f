package dev.doorward.transport.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LogLineTest {
  private static LoggingEvent event(
      String text, @Nullable Throwable thrown, KeyValuePair... pairs) {
    Logger logger = new LoggerContext().getLogger("test");
    var event = new LoggingEvent("x", logger, Level.WARN, text, thrown, null);
    event.setInstant(Instant.parse("2026-11-20T12:00:00Z"));
    event.setKeyValuePairs(List.of(pairs));
    return event;
  }

  @Test
  void aLineForAPerson() {
    String line =
        new LogLine(false)
            .doLayout(
                event(
                    "call denied",
                    null,
                    new KeyValuePair("event", "call_denied"),
                    new KeyValuePair("who", "a b")));

    assertThat(line)
        .isEqualTo("2026-11-20T12:00:00Z WARN event=call_denied who=\"a b\" call denied\n");
  }

  @Test
  void nothingBreaksALine() {
    for (boolean json : new boolean[] {false, true}) {
      String line =
          new LogLine(json)
              .doLayout(
                  event(
                      "a\nb \u001b[31m \u202e",
                      new IllegalStateException("c\r\nd"),
                      new KeyValuePair("x", "e\nf\"g")));

      assertThat(line.lines()).hasSize(1);
      assertThat(line.strip().chars().allMatch(c -> c >= 0x20 && c < 0x7f)).isTrue();
    }
  }

  @Test
  void jsonIsJson() {
    JsonNode line =
        new JsonMapper()
            .readTree(
                new LogLine(true)
                    .doLayout(event("text", null, new KeyValuePair("event", "x\"y\u00e9"))));

    assertThat(line.path("event").asString()).isEqualTo("x\"y\u00e9");
    assertThat(line.path("level").asString()).isEqualTo("WARN");
    assertThat(line.path("text").asString()).isEqualTo("text");
  }
}
