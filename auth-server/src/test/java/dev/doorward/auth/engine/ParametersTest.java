package dev.doorward.auth.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {
  @Test
  void decodesNamesAndValues() {
    Parameters read = Parameters.parse("a=1&b+c=%C3%A4%26+x&&flag&empty=").orElseThrow();

    assertThat(read.one("a")).contains("1");
    assertThat(read.one("b c")).contains("\u00e4& x");
    assertThat(read.one("flag")).as("without a value counts as absent").isEmpty();
    assertThat(read.one("empty")).isEmpty();
    assertThat(Parameters.parse("").orElseThrow()).isEqualTo(Parameters.NONE);
  }

  @Test
  void keepsRepetitionsApart() {
    Parameters read = Parameters.parse("a=1&b=2&a=3").orElseThrow();

    assertThat(read.all("a")).isEqualTo(List.of("1", "3"));
    assertThat(read.repeated("")).contains("a");
    assertThat(read.repeated("a")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%zz",
        "%=a",
        "a=%C3",
        "a=%C0%80",
        "a=%ED%A0%80",
        "a=%00",
        "a=\u20ac"
      })
  void malformedEscapesAreRefused(String raw) {
    assertThat(Parameters.parse(raw)).isEmpty();
  }

  @Test
  void numberOfParametersIsBounded() {
    assertThat(Parameters.parse("a=1&".repeat(Parameters.MOST))).isPresent();
    assertThat(Parameters.parse("a=1&".repeat(Parameters.MOST + 1))).isEmpty();
    assertThat(Parameters.parse("a=1&".repeat(100_000))).isEmpty();
  }
}
