package dev.doorward.config.load;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a file says, before anybody knows what it means: names, text, and on which line. */
public sealed interface ConfigTree {
  /** Where it starts, from 1. */
  int line();

  /** A single value, as it was written; a key without a value has the empty text. */
  record Leaf(String text, int line) implements ConfigTree {}

  /** A list. */
  record Items(List<ConfigTree> items, int line) implements ConfigTree {
    /** Copies the list. */
    public Items {
      items = List.copyOf(items);
    }
  }

  /** Keys with what is below them, in the order of the file. */
  record Branch(Map<String, Entry> entries, int line) implements ConfigTree {
    /** Copies the map and keeps its order. */
    public Branch {
      entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** Nothing. */
    public static Branch empty() {
      return new Branch(Map.of(), 0);
    }
  }

  /**
   * What is below a key.
   *
   * @param keyLine line of the key itself
   */
  record Entry(int keyLine, ConfigTree value) {}
}
