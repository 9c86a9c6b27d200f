package dev.doorward.common.identity;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A scope that the operator declares (RFC 6749 section 3.3); 1 to 64 characters of {@code a-z 0-9 .
 * _ : -}, starting with a letter, and none of the names that mean something already.
 */
public record ScopeName(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9._:-]{0,63}");
  private static final Set<String> TAKEN =
      Set.of("mcp", "openid", "profile", "email", "address", "phone", "offline_access");

  /** Throws IllegalArgumentException for a name of another form; {@link #parse} asks first. */
  public ScopeName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a scope that can be declared");
    }
  }

  /** Whether {@code value} can be declared. */
  public static boolean isValid(String value) {
    return FORM.matcher(value).matches() && !TAKEN.contains(value);
  }

  /** The name, or empty where {@code value} is none. */
  public static Optional<ScopeName> parse(String value) {
    return isValid(value) ? Optional.of(new ScopeName(value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
