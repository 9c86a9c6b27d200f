package dev.doorward.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/** Tokens with a few things changed, the same ones in each run. */
class TokenMutationTest {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\u0000\u00e9";
  private static final String SYNTAX = "{}[]\":,\\0123456789-+.eEtrufalsn \t\n\u0000";

  private final TestTokens tokens = new TestTokens();
  private final TokenVerifier verifier = new TokenVerifier(new BouncyCastleProvider());
  private final Random random = new Random(20261120);

  @Test
  void noChangedTextIsAToken() {
    String good = tokens.good();
    for (int i = 0; i < 6_000; i++) {
      String changed = mutate(good, LETTERS);
      if (!changed.equals(good)) {
        assertThat(verifier.check(changed, tokens.keys, TestTokens.NOTES, TestTokens.NOW))
            .as(changed)
            .isInstanceOf(TokenCheck.Rejected.class);
      }
    }
  }

  @Test
  void changedClaimsUnderARightSignatureAreReadAsASecondReaderReadsThem() {
    for (int i = 0; i < 500; i++) {
      byte[] claims = mutate(TestTokens.claims(), SYNTAX).getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(8) == 0) {
        claims[random.nextInt(claims.length)] = (byte) random.nextInt(256);
      }
      String token = tokens.sign(TestTokens.HEADER.getBytes(StandardCharsets.UTF_8), claims);

      SecondReader.compare(
          claims, verifier.check(token, tokens.keys, TestTokens.NOTES, TestTokens.NOW));
    }
  }

  /** One to three changes: a character changed, put in, taken out, a part doubled or cut. */
  private String mutate(String text, String alphabet) {
    StringBuilder changed = new StringBuilder(text);
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(changed.length());
      char letter = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(5)) {
        case 0 -> changed.setCharAt(at, letter);
        case 1 -> changed.insert(at, letter);
        case 2 -> changed.deleteCharAt(at);
        case 3 -> changed.insert(at, changed.substring(at, Math.min(changed.length(), at + 20)));
        default -> changed.delete(at, Math.min(changed.length() - 1, at + 20));
      }
    }
    return changed.toString();
  }
}
