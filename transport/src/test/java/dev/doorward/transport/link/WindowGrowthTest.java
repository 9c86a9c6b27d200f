package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowGrowthTest {
  private static final long RTT = 50_000_000;
  private static final int START = LinkSettings.STREAM_WINDOW;
  private static final int MOST = LinkSettings.STREAM_WINDOW_MOST;

  /** Drains half a window at a time, each in {@code nanos}; how large the window becomes. */
  private static int after(int rounds, long nanos, long rtt) {
    WindowGrowth growth = new WindowGrowth(0);
    long now = 0;
    for (int i = 0; i < rounds; i++) {
      int half = (START + growth.growth()) / 2;
      assertThat(growth.counts(half - 1)).isFalse();
      assertThat(growth.counts(1)).isTrue();
      now += nanos;
      growth.grown(growth.due(now, rtt));
    }
    return START + growth.growth();
  }

  @Test
  void aStreamThatItsWindowHoldsBackGrowsToTheMostAndNoFurther() {
    assertThat(after(1, RTT / 2, RTT)).isEqualTo(2 * START);
    assertThat(after(3, RTT / 2, RTT)).isEqualTo(MOST);
    assertThat(after(9, RTT / 2, RTT)).isEqualTo(MOST);
  }

  @Test
  void aStreamThatTheSenderOrTheReaderHoldsBackDoesNotGrow() {
    assertThat(after(9, 2 * RTT + 1, RTT)).isEqualTo(START);
    assertThat(after(9, 2 * RTT, RTT)).isEqualTo(MOST);
  }

  @Test
  void nothingGrowsBeforeARoundTripWasMeasured() {
    assertThat(after(9, 1, -1)).isEqualTo(START);
  }

  @Test
  void onlyWhatWasGrantedCounts() {
    WindowGrowth growth = new WindowGrowth(0);
    growth.counts(START);

    assertThat(growth.due(1, RTT)).isEqualTo(START);
    assertThat(growth.growth()).isZero();
    growth.grown(100);
    assertThat(growth.growth()).isEqualTo(100);
  }
}
