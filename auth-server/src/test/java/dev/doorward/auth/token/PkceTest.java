package dev.doorward.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PkceTest {
  /** The pair of RFC 7636 appendix B. */
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  @Test
  void verifierProvesItsChallenge() {
    assertThat(Pkce.proves(VERIFIER, CHALLENGE)).isTrue();
    assertThat(Pkce.isChallenge(CHALLENGE)).isTrue();
  }

  @Test
  void nothingElseProvesIt() {
    assertThat(Pkce.proves("", CHALLENGE)).isFalse();
    assertThat(Pkce.proves(CHALLENGE, CHALLENGE)).isFalse();
    assertThat(Pkce.proves(VERIFIER.substring(1), CHALLENGE)).isFalse();
    assertThat(Pkce.proves(VERIFIER + "x", CHALLENGE)).isFalse();
  }

  @Test
  void verifierHas43To128UnreservedCharacters() {
    String shortOne = "a".repeat(42);
    String longOne = "a".repeat(129);
    String odd = "a".repeat(42) + "+";

    assertThat(Pkce.proves(shortOne, s256(shortOne))).isFalse();
    assertThat(Pkce.proves(longOne, s256(longOne))).isFalse();
    assertThat(Pkce.proves(odd, s256(odd))).isFalse();
    assertThat(Pkce.proves("~".repeat(128), s256("~".repeat(128)))).isTrue();
  }

  private static String s256(String verifier) {
    return dev.doorward.auth.fixture.TestClient.challenge(verifier);
  }
}
