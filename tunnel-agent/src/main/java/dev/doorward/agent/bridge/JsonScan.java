package dev.doorward.agent.bridge;

import java.nio.charset.StandardCharsets;

/**
 * Finds where values begin and end in JSON that was found to be valid before, without building
 * anything of it. Its answers about anything else mean nothing, but it stays within the bytes.
 */
final class JsonScan {
  /** Told of each member of an object: its name, and where its value begins and ends. */
  interface Members {
    void member(String name, int from, int to);
  }

  /** A name was written with escapes, so that another reader could take it for another one. */
  static final class EscapedName extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EscapedName() {
      super("escaped name", null, false, false);
    }
  }

  private final byte[] json;

  JsonScan(byte[] json) {
    this.json = json;
  }

  boolean isObject(int from) {
    return from < json.length && json[from] == '{';
  }

  /** Goes through the object that begins at {@code from}; throws {@link EscapedName}. */
  void members(int from, Members members) {
    int i = blank(from + 1);
    while (i < json.length && json[i] == '"') {
      int nameEnd = stringEnd(i);
      for (int k = i; k < nameEnd; k++) {
        if (json[k] == '\\') {
          throw new EscapedName();
        }
      }
      String name = new String(json, i + 1, nameEnd - i - 2, StandardCharsets.UTF_8);
      int value = blank(blank(nameEnd) + 1);
      int end = valueEnd(value);
      members.member(name, value, end);
      i = blank(end);
      if (i < json.length && json[i] == ',') {
        i = blank(i + 1);
      }
    }
  }

  /** Told of each element of an array. */
  interface Elements {
    void element(int from, int to);
  }

  /** Goes through the array that begins at {@code from}. */
  void elements(int from, Elements elements) {
    int i = blank(from + 1);
    while (i < json.length && json[i] != ']') {
      int end = valueEnd(i);
      elements.element(i, end);
      i = blank(end);
      if (i < json.length && json[i] == ',') {
        i = blank(i + 1);
      }
    }
  }

  /** The first byte from {@code i} on that is no white space. */
  int blank(int i) {
    int at = i;
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  private int stringEnd(int from) {
    int i = from + 1;
    while (i < json.length && json[i] != '"') {
      i += json[i] == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, json.length);
  }

  private int valueEnd(int from) {
    if (from >= json.length) {
      return json.length;
    }
    if (json[from] == '"') {
      return stringEnd(from);
    }
    int depth = 0;
    int i = from;
    while (i < json.length) {
      switch (json[i]) {
        case '"' -> i = stringEnd(i) - 1;
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (depth == 0) {
            return i; // the end of what is around a number, true, false or null
          }
          if (--depth == 0) {
            return i + 1;
          }
        }
        case ',', ' ', '\t', '\n', '\r' -> {
          if (depth == 0) {
            return i;
          }
        }
        default -> {}
      }
      i++;
    }
    return json.length;
  }
}
