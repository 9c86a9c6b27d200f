package dev.doorward.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.doorward.common.outcome.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Replays its seeds in each build; with {@code JAZZER_FUZZ=1} it looks for more. */
class TokenFuzzTest {
  private static final TestTokens TOKENS = new TestTokens();
  private static final TokenVerifier VERIFIER = new TokenVerifier(new BouncyCastleProvider());

  @FuzzTest
  void textOfAStrangerIsNeverAToken(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);

    assertThat(VERIFIER.check(text, TOKENS.keys, TestTokens.NOTES, TestTokens.NOW))
        .isInstanceOf(TokenCheck.Rejected.class);
    assertThat(
            KeyStatement.verify(
                text, (ECPublicKey) TOKENS.pair.getPublic(), Optional.empty(), TestTokens.NOW))
        .isInstanceOf(Outcome.Failed.class);
  }

  @FuzzTest
  void signedClaimsAreReadAsASecondReaderReadsThem(byte[] claims) {
    String token = TOKENS.sign(TestTokens.HEADER.getBytes(StandardCharsets.UTF_8), claims);

    SecondReader.compare(
        claims, VERIFIER.check(token, TOKENS.keys, TestTokens.NOTES, TestTokens.NOW));
  }

  @FuzzTest
  void signedStatementIsAnswered(byte[] payload) {
    String header = "{\"alg\":\"ES256\",\"typ\":\"" + KeyStatement.TYPE + "\"}";
    String jws = TOKENS.sign(header.getBytes(StandardCharsets.UTF_8), payload);

    assertThat(
            KeyStatement.verify(
                jws,
                (ECPublicKey) TOKENS.pair.getPublic(),
                Optional.of(TestTokens.ISSUER),
                TestTokens.NOW))
        .isNotNull();
  }
}
