package dev.doorward.common.identity;

import java.util.regex.Pattern;

/**
 * The stable, opaque identifier of a person, the {@code sub} of their tokens; never reused and
 * never an e-mail address. 1 to 64 characters of {@code A-Z a-z 0-9 _ -}.
 */
public record Subject(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** Throws IllegalArgumentException for an identifier of another form. */
  public Subject {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a subject");
    }
  }

  /** Whether {@code value} has the form of a subject. */
  public static boolean isValid(String value) {
    return FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
