package dev.doorward.auth.login;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a person must have signed in for within the last minutes. After they have, they go to its
 * page: one of these, never one that a request names.
 */
public enum Errand {
  /** Another password. */
  PASSWORD("password", "/account/password"),
  /** Passkeys come or go. */
  PASSKEYS("passkeys", "/account/passkeys"),
  /** The second factor. */
  SECOND_FACTOR("second-factor", "/account/second-factor"),
  /** Accounts elsewhere that one signs in with. */
  LINKS("links", "/account/links"),
  /** Personal access tokens. */
  TOKENS("tokens", "/account/tokens");

  private final String code;
  private final String path;

  Errand(String code, String path) {
    this.code = code;
    this.path = path;
  }

  /** What stands for it in addresses and forms. */
  public String code() {
    return code;
  }

  /** Its page. */
  public String path() {
    return path;
  }

  /** The errand with that code. */
  static Optional<Errand> of(String code) {
    return Arrays.stream(values()).filter(errand -> errand.code.equals(code)).findFirst();
  }
}
