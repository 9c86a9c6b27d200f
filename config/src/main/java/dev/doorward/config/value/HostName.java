package dev.doorward.config.value;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A DNS name, lower case, without a final dot; never an address. As a domain it stands for itself
 * and for every name below it.
 */
public record HostName(String value) {
  private static final int MAX_LENGTH = 253;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?");

  /** Throws IllegalArgumentException for text of another form; {@link #parse} asks first. */
  public HostName {
    if (value.length() > MAX_LENGTH || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a host name");
    }
  }

  /** The name that {@code text} writes, in whatever case, or empty where it writes none. */
  public static Optional<HostName> parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.length() <= MAX_LENGTH && FORM.matcher(lower).matches()
        ? Optional.of(new HostName(lower))
        : Optional.empty();
  }

  /** Whether {@code host}, lower case, is this name or one below it. */
  public boolean covers(String host) {
    return host.equals(value) || host.endsWith("." + value);
  }

  @Override
  public String toString() {
    return value;
  }
}
