package dev.doorward.common.identity;

/** An OAuth client identifier (RFC 6749 section 2.2); 1 to 2,048 visible ASCII characters. */
public record ClientId(String value) {
  /** Longest accepted identifier, in characters. */
  public static final int MAX_LENGTH = 2048;

  /** Throws IllegalArgumentException for an identifier of another form. */
  public ClientId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a client identifier");
    }
  }

  /** Whether {@code value} has the form of a client identifier (VSCHAR without space). */
  public static boolean isValid(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_LENGTH
        && value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  @Override
  public String toString() {
    return value;
  }
}
