package dev.doorward.auth.personal;

import dev.doorward.common.identity.Secret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The text of a personal access token: {@code dwp_}, 43 characters that hold 256 random bits, and 6
 * that check the ones before (CRC-32), all of {@code 0-9A-Za-z}. So a scanner of source code finds
 * a leaked one by {@code dwp_[0-9A-Za-z]{49}} and knows a mistyped one without asking anybody.
 */
final class TokenText {
  static final String PREFIX = "dwp_";
  static final int RANDOM_BYTES = 32;

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
  private static final int BODY = 43;
  private static final int CHECK = 6;

  private TokenText() {}

  /** The token that holds these 32 random bytes. */
  static Secret of(byte[] random) {
    String body = PREFIX + base62(new BigInteger(1, random), BODY);
    return new Secret(body + check(body));
  }

  /** Whether {@code text} has the form of a token, its check characters included. */
  static boolean isWellFormed(String text) {
    if (text.length() != PREFIX.length() + BODY + CHECK || !text.startsWith(PREFIX)) {
      return false;
    }
    for (int i = PREFIX.length(); i < text.length(); i++) {
      if (DIGITS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    int end = PREFIX.length() + BODY;
    return check(text.substring(0, end)).equals(text.substring(end));
  }

  private static String check(String body) {
    var crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return base62(BigInteger.valueOf(crc.getValue()), CHECK);
  }

  private static String base62(BigInteger number, int length) {
    char[] digits = new char[length];
    BigInteger rest = number;
    for (int i = length - 1; i >= 0; i--) {
      BigInteger[] divided = rest.divideAndRemainder(BASE);
      digits[i] = DIGITS.charAt(divided[1].intValue());
      rest = divided[0];
    }
    return new String(digits);
  }
}
