package dev.doorward.common.token;

import dev.doorward.common.outcome.Reason;

/** What became of a token. */
public sealed interface TokenCheck {
  /** Signature, issuer, audience and time are right. */
  record Verified(AccessToken token) implements TokenCheck {}

  /** Refused; the reason is one of the {@code TOKEN_*} codes. */
  record Rejected(Reason reason) implements TokenCheck {}
}
