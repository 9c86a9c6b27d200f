package dev.doorward.config.value;

import java.util.Optional;
import java.util.regex.Pattern;

/** What the operator calls a place where people have accounts: part of paths and of records. */
public record ProviderName(String value) implements Comparable<ProviderName> {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** The name that {@code text} writes, or empty where it is none. */
  public static Optional<ProviderName> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new ProviderName(text)) : Optional.empty();
  }

  @Override
  public int compareTo(ProviderName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
