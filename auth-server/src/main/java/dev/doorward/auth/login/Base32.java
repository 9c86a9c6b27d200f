package dev.doorward.auth.login;

/** Base32 (RFC 4648 section 6) without padding: for what people may have to type. */
public final class Base32 {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Base32() {}

  /** The text of {@code bytes}; whole groups of five bytes only. */
  public static String encode(byte[] bytes) {
    if (bytes.length % 5 != 0) {
      throw new IllegalArgumentException("not groups of five bytes: " + bytes.length);
    }
    var text = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 5) {
      long group = 0;
      for (int j = 0; j < 5; j++) {
        group = (group << 8) | (bytes[i + j] & 0xff);
      }
      for (int shift = 35; shift >= 0; shift -= 5) {
        text.append(ALPHABET.charAt((int) (group >> shift) & 31));
      }
    }
    return text.toString();
  }

  /** The text in groups of four letters, for reading. */
  public static String grouped(String text) {
    return text.replaceAll("(.{4})(?=.)", "$1-");
  }
}
