package dev.doorward.edge.reply;

import dev.doorward.transport.log.JsonText;

/** JSON strings for small answers and records. */
public final class Json {
  private Json() {}

  /** The text as a JSON string; all but printable ASCII escaped. */
  public static String quote(String text) {
    var out = new StringBuilder(text.length() + 2);
    append(out, text);
    return out.toString();
  }

  /** Appends {@code text} as a JSON string. */
  public static void append(StringBuilder out, String text) {
    JsonText.append(out, text);
  }
}
