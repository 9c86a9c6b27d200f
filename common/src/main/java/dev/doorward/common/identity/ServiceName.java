package dev.doorward.common.identity;

import java.util.Optional;
import java.util.Set;

/**
 * The short name of a service, the first path segment of its public URL; 1 to 32 characters of
 * {@code a-z 0-9 -}, starting with a letter, not ending with a dash, no underscore (advertised tool
 * names use it as the separator), and none of the {@link #RESERVED} segments.
 */
public record ServiceName(String value) {
  /** First path segments that belong to the edge itself (docs/reference/paths.md). */
  public static final Set<String> RESERVED =
      Set.of(
          ".well-known",
          "authorize",
          "token",
          "register",
          "revoke",
          "introspect",
          "jwks",
          "login",
          "account",
          "consent",
          "device",
          "par",
          "mcp",
          "console",
          "api",
          "install",
          "health");

  private static final int MAX_LENGTH = 32;

  /** Throws IllegalArgumentException for a name of another form; {@link #parse} asks first. */
  public ServiceName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a service name");
    }
  }

  /** Whether {@code value} has the form of a service name and is not reserved. */
  public static boolean isValid(String value) {
    int last = value.length() - 1;
    if (last < 0 || last >= MAX_LENGTH || !isLetter(value.charAt(0)) || value.charAt(last) == '-') {
      return false;
    }
    for (int i = 1; i <= last; i++) {
      char c = value.charAt(i);
      if (!isLetter(c) && (c < '0' || c > '9') && c != '-') {
        return false;
      }
    }
    return !RESERVED.contains(value);
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  /** The name, or empty where {@code value} is none. */
  public static Optional<ServiceName> parse(String value) {
    return isValid(value) ? Optional.of(new ServiceName(value)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
