package dev.doorward.transport.link;

/**
 * Decides when the window of one stream doubles: when half of it was drained within two round
 * trips, so that the window, and not the sender or the reader, is what holds the stream back. Pure;
 * times are nanoseconds of one monotonic clock.
 */
final class WindowGrowth {
  private static final int ROUND_TRIPS = 2;

  private int window = LinkSettings.STREAM_WINDOW;
  private int drained;
  private long from;

  WindowGrowth(long now) {
    from = now;
  }

  /** Counts drained bytes; whether there are enough of them to look at the clock. */
  boolean counts(int bytes) {
    drained += bytes;
    return drained >= window / 2;
  }

  /**
   * Looks at the clock and starts to count anew.
   *
   * @param rtt of the link, or -1 where it is not known yet: then nothing grows
   * @return by how many bytes the window should grow, or 0
   */
  int due(long now, long rtt) {
    long elapsed = now - from;
    from = now;
    drained = 0;
    return rtt >= 0 && elapsed <= ROUND_TRIPS * rtt
        ? Math.min(window, LinkSettings.STREAM_WINDOW_MOST - window)
        : 0;
  }

  /** The window has grown. */
  void grown(int bytes) {
    window += bytes;
  }

  /** How much of the link's growth this stream has. */
  int growth() {
    return window - LinkSettings.STREAM_WINDOW;
  }
}
