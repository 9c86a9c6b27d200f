package dev.doorward.auth.login;

import dev.doorward.auth.page.Phrase;
import java.util.Arrays;
import java.util.Locale;

/** How a person signed in. */
public enum Method {
  /** A password alone. */
  PASSWORD,
  /** A password and a second factor. */
  PASSWORD_AND_CODE,
  /** A passkey, which is two factors in one. */
  PASSKEY,
  /** An account elsewhere. */
  UPSTREAM,
  /** A setup link. */
  SETUP_LINK;

  /** The name in the store and in the record. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The method with that code, which must be one. */
  public static Method of(String code) {
    return Arrays.stream(values()).filter(m -> m.code().equals(code)).findFirst().orElseThrow();
  }

  /** For people. */
  public Phrase shown() {
    return switch (this) {
      case PASSWORD -> Phrase.of("account.by-password");
      case PASSWORD_AND_CODE -> Phrase.of("account.by-password-and-code");
      case PASSKEY -> Phrase.of("account.by-passkey");
      case UPSTREAM -> Phrase.of("account.by-upstream");
      case SETUP_LINK -> Phrase.of("account.by-setup-link");
    };
  }
}
