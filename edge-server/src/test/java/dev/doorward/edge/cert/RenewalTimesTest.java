package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalTimesTest {
  private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
  private static final Instant END = START.plus(Duration.ofDays(90));

  @Test
  void renewsWithAThirdOfTheLifeLeftAndSpreadsTheMoment() {
    assertThat(RenewalTimes.due(START, END, Optional.empty(), 0))
        .isEqualTo(START.plus(Duration.ofDays(60)));
    assertThat(RenewalTimes.due(START, END, Optional.empty(), 1))
        .isEqualTo(START.plus(Duration.ofDays(60)).plus(Duration.ofHours(108)));
  }

  @Test
  void theAuthoritysWindowDecidesWhereThereIsOne() {
    var window =
        new RenewalWindow(START.plus(Duration.ofDays(10)), START.plus(Duration.ofDays(12)));

    assertThat(RenewalTimes.due(START, END, Optional.of(window), 0.5))
        .isEqualTo(START.plus(Duration.ofDays(11)));
  }

  @Test
  void aWindowInThePastMeansNow() {
    var window = new RenewalWindow(START.minusSeconds(20), START.minusSeconds(10));

    assertThat(RenewalTimes.due(START, END, Optional.of(window), 0.9)).isBefore(START);
  }

  @Test
  void aWindowThatWouldLetTheCertificateRunOutIsNotFollowed() {
    var window = new RenewalWindow(END.minusSeconds(60), END.plus(Duration.ofDays(3)));

    assertThat(RenewalTimes.due(START, END, Optional.of(window), 0.5))
        .isBefore(END.minus(Duration.ofDays(20)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000, PT2M",
    "2, 1000, PT10M",
    "3, 1000, PT1H",
    "6, 1000, PT6H",
    "500, 1000, PT6H",
    "6, 35, PT1H",
    "500, 0, PT1H",
    "1, 0, PT2M"
  })
  void waitsLongerWithEachFailureButNotWhereTheCertificateEnds(
      int failures, int hoursLeft, Duration expected) {
    Duration left = Duration.ofHours(hoursLeft);

    assertThat(RenewalTimes.retry(failures, left, 0)).isEqualTo(expected);
    assertThat(RenewalTimes.retry(failures, left, 1))
        .isEqualTo(expected.plus(expected.dividedBy(4)));
  }

  @Test
  void alarmsWhenAQuarterIsLeftAndRenewalHasFailed() {
    Instant late = END.minus(Duration.ofDays(22));

    assertThat(RenewalTimes.alarming(START, END, late, 1)).isTrue();
    assertThat(RenewalTimes.alarming(START, END, late, 0)).isFalse();
    assertThat(RenewalTimes.alarming(START, END, END.minus(Duration.ofDays(23)), 5)).isFalse();
  }
}
