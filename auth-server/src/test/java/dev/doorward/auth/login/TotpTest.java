package dev.doorward.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
  private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  /** RFC 6238 appendix B, the last six of its eight digits. */
  @ParameterizedTest
  @CsvSource({
    "59, 287082",
    "1111111109, 081804",
    "1111111111, 050471",
    "1234567890, 005924",
    "2000000000, 279037",
    "20000000000, 353130",
  })
  void vectorsOfTheRfc(long time, String code) {
    assertThat(Totp.code(SECRET, time / 30)).isEqualTo(code);
    assertThat(Totp.step(SECRET, code, Instant.ofEpochSecond(time), 0)).hasValue(time / 30);
  }

  @Test
  void stepThatWasUsedAndThoseBeforeItAreRefused() {
    Instant now = Instant.ofEpochSecond(1_111_111_111);
    long step = now.getEpochSecond() / 30;

    assertThat(Totp.step(SECRET, Totp.code(SECRET, step), now, step)).isEmpty();
    assertThat(Totp.step(SECRET, Totp.code(SECRET, step - 1), now, step)).isEmpty();
    assertThat(Totp.step(SECRET, Totp.code(SECRET, step + 1), now, step)).hasValue(step + 1);
  }

  @Test
  void base32VectorsOfTheRfc() {
    assertThat(Base32.encode("fooba".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MZXW6YTB");
    assertThat(Base32.encode(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assertThat(Base32.grouped("MZXW6YTBMZXW")).isEqualTo("MZXW-6YTB-MZXW");
  }
}
