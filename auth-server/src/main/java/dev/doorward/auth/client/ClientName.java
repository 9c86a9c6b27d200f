package dev.doorward.auth.client;

import java.text.Normalizer;

/** Makes the name that a client gave itself safe to show to a person. */
final class ClientName {
  private static final int MAX = 80;
  private static final int MAX_MARKS = 2;

  private ClientName() {}

  /**
   * {@code name} without control, direction, invisible and private characters, runs of white space
   * and piled-up accents made short, at most 80 characters; {@code fallback} where nothing is left.
   */
  static String clean(String name, String fallback) {
    var clean = new StringBuilder();
    int marks = 0;
    boolean gap = false;
    for (int c : Normalizer.normalize(name, Normalizer.Form.NFC).codePoints().toArray()) {
      int type = Character.getType(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = !clean.isEmpty();
        continue;
      }
      if (isHidden(type)) {
        continue;
      }
      marks = type == Character.NON_SPACING_MARK ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        continue;
      }
      if (clean.length() + (gap ? 1 : 0) + Character.charCount(c) > MAX) {
        break;
      }
      if (gap) {
        clean.append(' ');
        gap = false;
      }
      clean.appendCodePoint(c);
    }
    return clean.isEmpty() ? fallback : clean.toString();
  }

  private static boolean isHidden(int type) {
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.PRIVATE_USE
        || type == Character.UNASSIGNED
        || type == Character.ENCLOSING_MARK;
  }
}
