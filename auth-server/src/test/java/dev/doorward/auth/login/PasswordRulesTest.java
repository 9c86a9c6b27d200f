package dev.doorward.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.page.Language;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordRulesTest {
  private final PasswordRules rules = new PasswordRules();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seven ducks in a hurry",
        "kettle fog 3 marble",
        "\u00fcberraschend sch\u00f6n",
        "Tr0ub4dor&3Tr0ub4d",
        "all lower case words here",
        "73920184756201938475",
        "master of the secret garden",
      })
  void anythingLongAndUncommonIsTaken(String password) {
    assertThat(rules.problem(password, "ada")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "fourteen chars, too short",
    "'', too short",
    "passwordpassword, mostly your name",
    "ada.lovelace.ada.lovelace, mostly your name",
    "doorward doorward 12, mostly your name",
    "correct horse battery staple, one of the first",
    "CorrectHorseBatteryStaple, one of the first",
    "aaaaaaaaaaaaaaaaaaaa, one of the first",
    "abcabcabcabcabcabc, one of the first",
    "abcdefghijklmnopqrst, one of the first",
    "98765432109876543210, one of the first",
    "qwertyuiopasdfghjkl, one of the first",
    "thisismypassword, one of the first",
    "dragon monkey 123456, one of the first",
    "iloveyou-football-2024, one of the first",
    "L3tm31n Sunsh1n3!!, one of the first",
    "qwerty!1234567890?, one of the first",
    "woaini1314woaini1314, one of the first",
  })
  void whatEverybodyTriesIsRefusedWithASentence(String password, String sentence) {
    assertThat(rules.problem(password, "ada.lovelace"))
        .hasValueSatisfying(text -> assertThat(english(text)).contains(sentence));
  }

  @Test
  void lengthIsCountedInCharactersThatPeopleSee() {
    String faces = "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02\uD83D\uDE03\uD83D\uDE04";

    assertThat(rules.problem(faces + faces.substring(0, 8), "ada")).isPresent();
    assertThat(rules.problem("kettle fog 3 ma" + faces, "ada")).isEmpty();
    assertThat(rules.problem("fog ".repeat(32) + "1", "ada").map(PasswordRulesTest::english))
        .hasValueSatisfying(text -> assertThat(text).contains("too long"));
    assertThat(rules.problem("kettle fog 3 marble\u0007", "ada")).isPresent();
  }

  @Test
  void passwordOnTheOperatorsListIsRefused(@TempDir Path folder) throws Exception {
    Path list = folder.resolve("pwned.txt");
    // printf 'seven ducks in a hurry' | sha1sum
    Files.writeString(
        list,
        """
        0000000000000000000000000000000000000000:3
        412AF30181D736CB7EFEFB624DFF3AFC38586918:12
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:1
        """);
    var strict = new PasswordRules(Optional.of(list));

    assertThat(strict.problem("seven ducks in a hurry", "ada").map(PasswordRulesTest::english))
        .hasValueSatisfying(text -> assertThat(text).contains("list of stolen ones"));
    assertThat(strict.problem("eight ducks in a hurry", "ada")).isEmpty();
  }

  @Test
  void whereTheListCannotBeReadNoPasswordIsTaken(@TempDir Path folder) {
    var strict = new PasswordRules(Optional.of(folder.resolve("gone")));

    assertThat(strict.problem("seven ducks in a hurry", "ada").map(PasswordRulesTest::english))
        .hasValueSatisfying(text -> assertThat(text).contains("cannot be checked"));
  }

  private static String english(Phrase phrase) {
    return Words.in(Language.ENGLISH).text(phrase);
  }

  @Test
  void sameCharactersTypedOtherwiseAreTheSamePassword() {
    assertThat(PasswordRules.normalise("scho\u0308n")).isEqualTo("sch\u00f6n");
  }
}
