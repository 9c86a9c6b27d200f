package dev.doorward.auth.login;

import dev.doorward.auth.page.Phrase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which passwords a person may choose (NIST SP 800-63B-4 section 3.1.1): long, not a common one,
 * and no rule about kinds of characters.
 */
public final class PasswordRules {
  /** Fewest characters, counted as a person counts them. */
  public static final int MIN = 15;

  /** Most characters. */
  public static final int MAX = 128;

  private static final int LEFT_OVER = 8;
  private static final int DISTINCT = 5;
  private static final int PERIOD = 5;

  private final Set<String> common = load();

  /** The form in which a password is hashed and compared: Unicode NFC. */
  public static String normalise(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFC);
  }

  /** What is wrong with a normalised password for the person with that sign-in name. */
  public Optional<Phrase> problem(String password, String name) {
    int length = password.codePointCount(0, password.length());
    if (length < MIN) {
      return refused("setup.short");
    }
    if (length > MAX) {
      return refused("setup.long");
    }
    if (password.chars().anyMatch(Character::isISOControl)) {
      return refused("setup.control");
    }
    String plain = password.toLowerCase(Locale.ROOT).replace(" ", "");
    String rest = plain.replace(name, "").replace("doorward", "").replace("password", "");
    if (rest.length() < LEFT_OVER) {
      return refused("setup.name-like");
    }
    if (common.contains(plain) || isMonotonous(plain)) {
      return refused("setup.common");
    }
    return Optional.empty();
  }

  private static Optional<Phrase> refused(String key) {
    return Optional.of(Phrase.of(key));
  }

  private static boolean isMonotonous(String text) {
    if (text.chars().distinct().count() < DISTINCT) {
      return true;
    }
    for (int period = 1; period <= PERIOD; period++) {
      if (text.substring(period).equals(text.substring(0, text.length() - period))) {
        return true;
      }
    }
    int steps = 0;
    for (int i = 1; i < text.length(); i++) {
      int step = text.charAt(i) - text.charAt(i - 1);
      if (step == 1 || step == -1 || step == 0) {
        steps++;
      }
    }
    return steps >= text.length() - 4;
  }

  private static Set<String> load() {
    try (InputStream file = PasswordRules.class.getResourceAsStream("common-passwords.txt")) {
      if (file == null) {
        throw new IllegalStateException("missing resource common-passwords.txt");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
