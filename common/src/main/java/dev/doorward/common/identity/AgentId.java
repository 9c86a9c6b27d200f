package dev.doorward.common.identity;

import java.util.regex.Pattern;

/**
 * The name of an agent, chosen by the operator in {@code doorward invite NAME}; 1 to 32 characters
 * of {@code a-z 0-9 -}, not starting or ending with a dash.
 */
public record AgentId(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?");

  /** Throws IllegalArgumentException for a name of another form; {@link #isValid} asks first. */
  public AgentId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an agent name");
    }
  }

  /** Whether {@code value} has the form of an agent name. */
  public static boolean isValid(String value) {
    return value.length() <= 32 && FORM.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
