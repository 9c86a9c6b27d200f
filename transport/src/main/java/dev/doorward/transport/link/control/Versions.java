package dev.doorward.transport.link.control;

import java.util.OptionalInt;

/** A range of protocol versions that one side speaks, both ends included. */
public record Versions(int min, int max) {
  /** What this code speaks. */
  public static final Versions OURS = new Versions(1, 1);

  /** Largest version number. */
  static final int LIMIT = 65_535;

  /** Throws IllegalArgumentException for an empty range or one out of 1 to 65,535. */
  public Versions {
    if (min < 1 || max < min || max > LIMIT) {
      throw new IllegalArgumentException("not a range of versions");
    }
  }

  /** The highest version that both speak, or empty. */
  public OptionalInt common(Versions other) {
    int floor = Math.max(min, other.min);
    int top = Math.min(max, other.max);
    return floor <= top ? OptionalInt.of(top) : OptionalInt.empty();
  }
}
