package dev.doorward.auth.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // Cache-Control | Age | Expires | seconds; the Date is Fri, 20 Nov 2026 12:00:00 GMT
        "max-age=600 | - | - | 600",
        "public, Max-Age=600 | - | - | 600",
        "s-maxage=5, max-age=600 | - | - | 600",
        "max-age=600 | 100 | - | 500",
        "max-age=600 | 700 | - | 0",
        "max-age=600 | x | - | 600",
        "no-store | - | - | 0",
        "no-cache, max-age=600 | - | - | 0",
        "max-age=600 | - | Fri, 20 Nov 2026 13:00:00 GMT | 600",
        "- | - | Fri, 20 Nov 2026 13:00:00 GMT | 3600",
        "- | - | Fri, 20 Nov 2026 11:00:00 GMT | 0",
        "- | - | 0 | -",
        "x-max-age=5 | - | - | -",
        "max-age=-5 | - | - | -",
        "max-age=99999999999999 | - | - | -",
        "- | - | - | -",
      })
  void isWhatTheHeadersSay(String control, String age, String expires, Long seconds) {
    Map<String, Optional<String>> headers =
        Map.of(
            "cache-control", Optional.ofNullable(control),
            "age", Optional.ofNullable(age),
            "expires", Optional.ofNullable(expires),
            "date", Optional.of("Fri, 20 Nov 2026 12:00:00 GMT"));

    assertThat(
            Freshness.of(name -> headers.getOrDefault(name, Optional.empty()))
                .map(life -> life.toSeconds()))
        .isEqualTo(Optional.ofNullable(seconds));
  }
}
