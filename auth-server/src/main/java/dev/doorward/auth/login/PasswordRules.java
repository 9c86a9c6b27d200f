package dev.doorward.auth.login;

import dev.doorward.auth.page.Phrase;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.data.SortedHashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which passwords a person may choose (NIST SP 800-63B-4 section 3.1.1): long, not a common one,
 * not on the operator's list of stolen ones, and no rule about kinds of characters. Where that list
 * cannot be read no password is taken.
 */
public final class PasswordRules {
  /** Fewest characters, counted as a person counts them. */
  public static final int MIN = 15;

  /** Most characters. */
  public static final int MAX = 128;

  private static final Logger log = LoggerFactory.getLogger(PasswordRules.class);
  private static final int LEFT_OVER = 8;
  private static final int DISTINCT = 5;
  private static final int PERIOD = 5;

  private final Set<String> common = lines("common-passwords.txt").collect(Collectors.toSet());

  /** Longest first, so that what remains of a password is what none of them explains. */
  private final List<String> words =
      lines("common-words.txt")
          .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(w -> w))
          .toList();

  private final Optional<Path> breached;

  /** The rules with what comes with this server. */
  public PasswordRules() {
    this(Optional.empty());
  }

  /**
   * The rules.
   *
   * @param breached {@link SortedHashes} of passwords that nobody may choose
   */
  public PasswordRules(Optional<Path> breached) {
    this.breached = breached;
  }

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
    if (common.contains(plain)
        || isMonotonous(plain)
        || isMadeOfCommonWords(plain)
        || isMadeOfCommonWords(readable(plain))) {
      return refused("setup.common");
    }
    return breached.flatMap(file -> stolen(file, password));
  }

  private static Optional<Phrase> stolen(Path file, String password) {
    return switch (SortedHashes.contain(file, sha1(password))) {
      case Outcome.Ok<Boolean>(Boolean listed) ->
          listed ? refused("setup.breached") : Optional.empty();
      case Outcome.Failed<Boolean>(Problem problem) -> {
        log.atError()
            .addKeyValue("event", "breached_passwords_unreadable")
            .addKeyValue("reason", problem.reason().code())
            .log("{}", problem.text());
        yield refused("setup.unchecked");
      }
    };
  }

  private static byte[] sha1(String password) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
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

  /** Whether taking out what stolen lists are full of leaves nothing to guess. */
  private boolean isMadeOfCommonWords(String text) {
    String rest = text;
    for (String word : words) {
      rest = rest.replace(word, " ");
    }
    return !rest.equals(text)
        && rest.chars().filter(Character::isLetterOrDigit).count() < LEFT_OVER;
  }

  /** The same with letters where people put look-alikes. */
  private static String readable(String text) {
    return text.replace('@', 'a')
        .replace('4', 'a')
        .replace('3', 'e')
        .replace('1', 'i')
        .replace('!', 'i')
        .replace('0', 'o')
        .replace('$', 's')
        .replace('5', 's')
        .replace('7', 't');
  }

  private static Stream<String> lines(String name) {
    try (InputStream file = PasswordRules.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
