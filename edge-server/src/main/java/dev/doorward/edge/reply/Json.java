package dev.doorward.edge.reply;

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
    out.append('"');
    if (isPlain(text)) {
      out.append(text).append('"');
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
