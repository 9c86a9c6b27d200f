package dev.doorward.common.mcp;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one JSON object so far: few are compared one by one, many go into a set. */
final class KeysSeen {
  private static final int FEW = 12;

  private final @Nullable String[] few = new String[FEW];
  private int count;
  private @Nullable Set<String> many;

  /** Forgets the keys, for the next object on the same level. */
  void clear() {
    count = 0;
    many = null;
  }

  /** Adds a key; false where it was there already. */
  boolean add(String key) {
    Set<String> set = many;
    if (set != null) {
      return set.add(key);
    }
    for (int i = 0; i < count; i++) {
      if (key.equals(few[i])) {
        return false;
      }
    }
    if (count < FEW) {
      few[count++] = key;
      return true;
    }
    set = new HashSet<>(64);
    for (String seen : few) {
      if (seen != null) {
        set.add(seen);
      }
    }
    many = set;
    return set.add(key);
  }
}
