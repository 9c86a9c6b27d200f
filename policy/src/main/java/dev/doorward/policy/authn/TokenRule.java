package dev.doorward.policy.authn;

import dev.doorward.common.call.CallView;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.TokenCheck;
import java.time.Instant;

/**
 * Whether the token of a call holds now. The signature was checked before, perhaps a minute ago;
 * what may have changed since, and which service it is for, is checked for every call.
 */
public final class TokenRule {
  private TokenRule() {}

  /** The token, or why it is worth nothing here. */
  public static TokenCheck check(CallView view, RevokedTokens revoked, Instant now) {
    return switch (view.token()) {
      case TokenCheck.Rejected rejected -> rejected;
      case TokenCheck.Verified verified -> check(verified, view, revoked, now);
    };
  }

  private static TokenCheck check(
      TokenCheck.Verified verified, CallView view, RevokedTokens revoked, Instant now) {
    AccessToken token = verified.token();
    if (!token.audience().equals(view.resource())) {
      return new TokenCheck.Rejected(Reason.TOKEN_AUDIENCE_MISMATCH);
    }
    if (!now.isBefore(token.expiresAt())) {
      return new TokenCheck.Rejected(Reason.TOKEN_EXPIRED);
    }
    return revoked.isRevoked(token) ? new TokenCheck.Rejected(Reason.TOKEN_REVOKED) : verified;
  }
}
