package dev.doorward.edge.cert;

import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate authority wants a certificate to be replaced (RFC 9773 section 4.2).
 *
 * @param end not before {@code start}
 */
record RenewalWindow(Instant start, Instant end) {
  /** Throws IllegalArgumentException for a window that ends before it starts. */
  RenewalWindow {
    if (end.isBefore(start)) {
      throw new IllegalArgumentException("a window does not end before it starts");
    }
  }

  /** A moment in the window; {@code fraction} is from 0 to 1. */
  Instant at(double fraction) {
    return start.plusMillis((long) (Duration.between(start, end).toMillis() * fraction));
  }
}
