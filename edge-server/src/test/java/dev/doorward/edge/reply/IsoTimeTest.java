package dev.doorward.edge.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsoTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-20T23:51:55.000007Z, 2026-11-20T23:51:55.000007Z",
    "2026-01-02T03:04:05Z, 2026-01-02T03:04:05.000000Z",
    "2024-02-29T23:59:59.999999999Z, 2024-02-29T23:59:59.999999Z",
    "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.500000Z"
  })
  void momentsHaveSixDigitsOfASecond(Instant at, String text) {
    assertThat(written(at)).isEqualTo(text);
  }

  @Test
  void whatIsWrittenReadsAsTheSameMicrosecond() {
    var random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      Instant at =
          Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));
      assertThat(Instant.parse(written(at))).isEqualTo(at.truncatedTo(ChronoUnit.MICROS));
    }
  }

  private static String written(Instant at) {
    var out = new StringBuilder();
    IsoTime.append(out, at);
    return out.toString();
  }
}
