package dev.doorward.edge.reply;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Moments in ISO 8601, in UTC with six digits of a second, in a fraction of a formatter's time. */
public final class IsoTime {
  private IsoTime() {}

  /**
   * Appends {@code at}, a moment of the years 0 to 9999, as {@code 2026-01-31T23:59:59.000001Z}.
   */
  public static void append(StringBuilder out, Instant at) {
    LocalDateTime t = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
    digits(out, t.getYear(), 1000);
    digits(out.append('-'), t.getMonthValue(), 10);
    digits(out.append('-'), t.getDayOfMonth(), 10);
    digits(out.append('T'), t.getHour(), 10);
    digits(out.append(':'), t.getMinute(), 10);
    digits(out.append(':'), t.getSecond(), 10);
    digits(out.append('.'), at.getNano() / 1000, 100_000);
    out.append('Z');
  }

  private static void digits(StringBuilder out, int value, int highest) {
    for (int unit = highest; unit > 0; unit /= 10) {
      out.append((char) ('0' + value / unit % 10));
    }
  }
}
