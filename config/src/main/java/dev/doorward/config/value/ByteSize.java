package dev.doorward.config.value;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written as {@code 512}, {@code 64KiB}, {@code 4MiB} or {@code 1GiB}. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");

  /** Throws IllegalArgumentException for less than nothing. */
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
  }

  /** The size that {@code text} writes, or empty where it writes none. */
  public static Optional<ByteSize> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String unit = form.group(2) == null ? "B" : form.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return Optional.of(new ByteSize(Long.parseLong(form.group(1)) << shift));
  }

  /** The size for an API that counts in int; at most 2 GiB less one byte. */
  public int asInt() {
    return Math.toIntExact(bytes);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest exact way to write it. */
  @Override
  public String toString() {
    if (bytes == 0 || bytes % 1024 != 0) {
      return Long.toString(bytes);
    }
    int shift = Math.min(Long.numberOfTrailingZeros(bytes) / 10, 3);
    return (bytes >> (10 * shift)) + (shift == 1 ? "KiB" : shift == 2 ? "MiB" : "GiB");
  }
}
