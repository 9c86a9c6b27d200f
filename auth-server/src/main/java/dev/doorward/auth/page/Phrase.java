package dev.doorward.auth.page;

import java.util.List;

/**
 * A sentence for a person in no language yet: {@link Words} says it in theirs.
 *
 * @param key {@code area.name}; the area is the name of the bundle that has it
 * @param values for the places {@code {0}}, {@code {1}} and so on: plain text, or phrases
 */
public record Phrase(String key, List<Object> values) {
  /** Copies the values. */
  public Phrase {
    values = List.copyOf(values);
  }

  /** The phrase with that key. */
  public static Phrase of(String key, Object... values) {
    return new Phrase(key, List.of(values));
  }
}
