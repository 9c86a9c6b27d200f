package dev.doorward.auth.personal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The form by which scanners find a token that leaked. */
class TokenTextTest {
  @Test
  void hasAPrefixAndOneAlphabet() {
    var random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[TokenText.RANDOM_BYTES];
      random.nextBytes(bytes);
      String text = TokenText.of(bytes).reveal();

      assertThat(text).matches("dwp_[0-9A-Za-z]{49}");
      assertThat(TokenText.isWellFormed(text)).isTrue();
    }
    assertThat(TokenText.isWellFormed(TokenText.of(new byte[32]).reveal())).isTrue();
  }

  @Test
  void aSlipOfOneCharacterIsSeen() {
    byte[] bytes = new byte[TokenText.RANDOM_BYTES];
    new Random(8).nextBytes(bytes);
    String text = TokenText.of(bytes).reveal();

    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'x' ? 'y' : 'x';
      assertThat(TokenText.isWellFormed(text.substring(0, i) + other + text.substring(i + 1)))
          .as("character %d", i)
          .isFalse();
    }
    assertThat(TokenText.isWellFormed(text + "0")).isFalse();
    assertThat(TokenText.isWellFormed("dwp_")).isFalse();
  }
}
