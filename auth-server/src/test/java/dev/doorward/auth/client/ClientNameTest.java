package dev.doorward.auth.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientNameTest {
  @Test
  void keepsAnOrdinaryName() {
    assertThat(clean("MCP Inspector (v2) – für Ädä 日本語"))
        .isEqualTo("MCP Inspector (v2) – für Ädä 日本語");
  }

  @Test
  void dropsWhatHidesOrTurnsText() {
    assertThat(clean("Good\u202Elive\u2066\u200B\u0000\u0007\u00AD App\u2028\uFEFF"))
        .isEqualTo("Goodlive App");
  }

  @Test
  void dropsPrivateAndBrokenCharacters() {
    assertThat(clean("a\uE000b\uD800c\uDBFF\uDFFFd")).isEqualTo("abcd");
  }

  @Test
  void makesRunsOfSpaceAndAccentsShort() {
    assertThat(clean("  a \t\n\u00A0\u3000 b  ")).isEqualTo("a b");
    assertThat(clean("Z" + "\u0335".repeat(50))).isEqualTo("Z\u0335\u0335");
  }

  @Test
  void hasAtMost80CharactersAndSplitsNone() {
    assertThat(clean("x".repeat(500))).hasSize(80);
    assertThat(clean("x".repeat(79) + "\uD83D\uDE00")).isEqualTo("x".repeat(79));
  }

  @Test
  void isTheFallbackWhereNothingIsLeft() {
    assertThat(clean("\u202E \u200B")).isEqualTo("fallback");
  }

  private static String clean(String name) {
    return ClientName.clean(name, "fallback");
  }
}
