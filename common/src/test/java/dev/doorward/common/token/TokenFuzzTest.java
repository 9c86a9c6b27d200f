package dev.doorward.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

class TokenFuzzTest {
  private static final TestTokens TOKENS = new TestTokens();
  private static final TokenVerifier VERIFIER = new TokenVerifier(new BouncyCastleProvider());

  @FuzzTest
  void anyTextIsAnswered(byte[] bytes) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);

    assertThat(VERIFIER.check(text, TOKENS.keys, TestTokens.NOTES, TestTokens.NOW))
        .isInstanceOf(TokenCheck.Rejected.class);
  }
}
