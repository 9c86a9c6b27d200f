package dev.doorward.auth.token;

import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/** Proof key for code exchange (RFC 7636), method S256 only. */
public final class Pkce {
  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

  private Pkce() {}

  /** Whether {@code text} has the form of an S256 challenge. */
  public static boolean isChallenge(String text) {
    return CHALLENGE.matcher(text).matches();
  }

  /** Whether {@code verifier} is well-formed and the one that {@code challenge} was made from. */
  public static boolean proves(String verifier, String challenge) {
    if (!VERIFIER.matcher(verifier).matches()) {
      return false;
    }
    byte[] hash = Fingerprint.of(verifier.getBytes(StandardCharsets.US_ASCII)).bytes();
    return new Secret(challenge)
        .matches(Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
  }
}
