package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The checks of raw bytes that a JSON parser leaves out: well-formed UTF-8 (RFC 3629: no overlong
 * form, no surrogate, nothing above U+10FFFF), no byte order mark, no control byte but white space,
 * no escaped surrogate without its partner, no string beyond its bound. Pure; whether the bytes are
 * JSON at all is for the parser to say.
 */
final class JsonBytes {
  private JsonBytes() {}

  /** What is wrong with {@code bytes[from, to)}, or null. */
  static @Nullable Reason fault(byte[] bytes, int from, int to, int stringBytes) {
    int stringStart = -1;
    int i = from;
    while (i < to) {
      int b = bytes[i];
      if (b >= 0x20 && b != '"' && b != '\\') {
        i++;
      } else if (b == '"') {
        if (stringStart < 0) {
          stringStart = i + 1;
        } else if (i - stringStart > stringBytes) {
          return Reason.JSON_TOO_LARGE;
        } else {
          stringStart = -1;
        }
        i++;
      } else if (b == '\\') {
        int length = escape(bytes, i, to);
        if (length == 0) {
          return Reason.JSON_MALFORMED;
        }
        i += length;
      } else if (b < 0) {
        int length = character(bytes, i, to);
        if (length == 0 || stringStart < 0) {
          return Reason.JSON_MALFORMED;
        }
        i += length;
      } else if ((b == '\n' || b == '\r' || b == '\t') && stringStart < 0) {
        i++;
      } else {
        return Reason.JSON_MALFORMED;
      }
    }
    return null;
  }

  /** Length of the escape at {@code i}, a pair of surrogates counted as one; 0 where broken. */
  private static int escape(byte[] bytes, int i, int to) {
    if (i + 1 >= to) {
      return 0;
    }
    if (bytes[i + 1] != 'u') {
      return 2;
    }
    int unit = unit(bytes, i + 2, to);
    if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
      return 0;
    }
    if (unit < 0xd800 || unit > 0xdbff) {
      return 6;
    }
    if (i + 7 >= to || bytes[i + 6] != '\\' || bytes[i + 7] != 'u') {
      return 0;
    }
    int low = unit(bytes, i + 8, to);
    return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
  }

  private static int unit(byte[] bytes, int i, int to) {
    if (i + 4 > to) {
      return -1;
    }
    int value = 0;
    for (int k = i; k < i + 4; k++) {
      int digit = Character.digit(bytes[k], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /**
   * Length of the UTF-8 sequence of two to four bytes at {@code i}; 0 where it is not well-formed.
   */
  private static int character(byte[] bytes, int i, int to) {
    int lead = bytes[i] & 0xff;
    if (lead >= 0xc2 && lead <= 0xdf) {
      return tail(bytes, i + 1, to, 0x80, 0xbf) ? 2 : 0;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
      int low = lead == 0xe0 ? 0xa0 : 0x80;
      int high = lead == 0xed ? 0x9f : 0xbf;
      return tail(bytes, i + 1, to, low, high) && tail(bytes, i + 2, to, 0x80, 0xbf) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
      int low = lead == 0xf0 ? 0x90 : 0x80;
      int high = lead == 0xf4 ? 0x8f : 0xbf;
      return tail(bytes, i + 1, to, low, high)
              && tail(bytes, i + 2, to, 0x80, 0xbf)
              && tail(bytes, i + 3, to, 0x80, 0xbf)
          ? 4
          : 0;
    }
    return 0;
  }

  private static boolean tail(byte[] bytes, int i, int to, int low, int high) {
    return i < to && (bytes[i] & 0xff) >= low && (bytes[i] & 0xff) <= high;
  }
}
