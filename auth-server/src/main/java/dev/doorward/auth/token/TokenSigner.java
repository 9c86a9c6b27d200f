package dev.doorward.auth.token;

import java.util.Map;

/** Signs access tokens with the issuer's current key. Safe on any thread; never blocks. */
public interface TokenSigner {
  /**
   * A compact JWS, ES256, {@code typ} {@code at+jwt}, over the claims as they are given; nothing is
   * added or checked.
   *
   * @param claims String, Number, Boolean, List or Map values; times as whole seconds
   */
  String sign(Map<String, Object> claims);
}
