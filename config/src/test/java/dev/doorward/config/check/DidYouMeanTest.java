package dev.doorward.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DidYouMeanTest {
  private static final List<String> KNOWN = List.of("public-url", "listen", "limits", "log", "tls");

  @Test
  void closestWordIsFound() {
    assertThat(DidYouMean.among(KNOWN, "publc-url")).contains("public-url");
    assertThat(DidYouMean.among(KNOWN, "publicurl")).contains("public-url");
    assertThat(DidYouMean.among(KNOWN, "lsiten")).contains("listen");
    assertThat(DidYouMean.among(KNOWN, "tsl")).contains("tls");
  }

  @Test
  void wordThatIsNearNothingHasNoSuggestion() {
    assertThat(DidYouMean.among(KNOWN, "database")).isEmpty();
    assertThat(DidYouMean.among(KNOWN, "x")).isEmpty();
    assertThat(DidYouMean.among(List.of(), "listen")).isEmpty();
  }

  @Test
  void distanceCountsASwapOnce() {
    assertThat(DidYouMean.distance("", "abc")).isEqualTo(3);
    assertThat(DidYouMean.distance("abcd", "abdc")).isEqualTo(1);
    assertThat(DidYouMean.distance("kitten", "sitting")).isEqualTo(3);
  }
}
