package dev.doorward.auth.engine;

import dev.doorward.common.token.AccessToken;

/** What was taken back. Answers from memory, never blocks, safe on any thread. */
public interface Revocations {
  /** Whether the token's grant or its person was revoked, or the person lost the service. */
  boolean isRevoked(AccessToken token);

  /**
   * Calls {@code listener} after each revocation, on the thread that revoked; it must not block.
   * Whoever holds open streams asks {@link #isRevoked} again for each.
   */
  void onChange(Runnable listener);

  /** Tells {@code watch} everything that there is, before this returns, and then each change. */
  void follow(GrantWatch watch);
}
