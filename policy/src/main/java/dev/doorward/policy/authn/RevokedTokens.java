package dev.doorward.policy.authn;

import dev.doorward.common.token.AccessToken;

/** What was taken back, as known at this moment. Answers from memory; safe on any thread. */
@FunctionalInterface
public interface RevokedTokens {
  /** Whether the token's grant or person was revoked. */
  boolean isRevoked(AccessToken token);
}
