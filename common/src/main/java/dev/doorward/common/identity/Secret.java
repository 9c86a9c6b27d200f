package dev.doorward.common.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Text that must not be seen: prints {@code ***}, compares in constant time. */
public final class Secret {
  private final String value;

  /** Wraps {@code value}; the caller forgets its own copy. */
  public Secret(String value) {
    this.value = value;
  }

  /** The text itself, for the one place that needs it. */
  public String reveal() {
    return value;
  }

  /** Whether {@code other} is the same text; the time taken depends on its length only. */
  public boolean matches(String other) {
    return MessageDigest.isEqual(
        value.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && matches(secret.value);
  }

  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
