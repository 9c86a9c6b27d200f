package dev.doorward.auth.device;

import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.SecretHash;
import java.util.Locale;
import java.util.Optional;

/**
 * What a person copies from the device: 8 of 20 consonants, shown as {@code WDJB-MJHT} (RFC 8628
 * section 6.1), some 34 bits. No vowels, so no words; read in any case and with any separators.
 */
record UserCode(String letters) {
  private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
  private static final int LENGTH = 8;
  private static final int LONGEST = 32;

  /** A new one. */
  static UserCode draw(Mint mint) {
    var letters = new StringBuilder();
    while (letters.length() < LENGTH) {
      for (byte b : mint.bytes(LENGTH)) {
        int number = b & 0xff;
        // Beyond the last whole round of the alphabet some letters would come more often.
        if (number < 256 / ALPHABET.length() * ALPHABET.length() && letters.length() < LENGTH) {
          letters.append(ALPHABET.charAt(number % ALPHABET.length()));
        }
      }
    }
    return new UserCode(letters.toString());
  }

  /** What somebody typed. */
  static Optional<UserCode> parse(String typed) {
    if (typed.length() > LONGEST) {
      return Optional.empty();
    }
    var letters = new StringBuilder();
    for (char c : typed.toUpperCase(Locale.ROOT).toCharArray()) {
      if (ALPHABET.indexOf(c) >= 0) {
        letters.append(c);
      } else if (c != '-' && c != ' ') {
        return Optional.empty();
      }
    }
    return letters.length() == LENGTH
        ? Optional.of(new UserCode(letters.toString()))
        : Optional.empty();
  }

  /** As it is shown. */
  String shown() {
    return letters.substring(0, LENGTH / 2) + "-" + letters.substring(LENGTH / 2);
  }

  SecretHash hash() {
    return SecretHash.of("user-code " + letters);
  }
}
