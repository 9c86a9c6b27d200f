package dev.doorward.policy.engine;

import dev.doorward.common.call.CallView;
import dev.doorward.common.token.AccessToken;

/**
 * Leave to forward one call. Only {@link PolicyEngine} makes one, and it is the only key to the
 * link.
 */
public final class Permit implements Decision {
  private final CallView view;
  private final AccessToken token;

  Permit(CallView view, AccessToken token) {
    this.view = view;
    this.token = token;
  }

  /** The call that may be forwarded. */
  public CallView view() {
    return view;
  }

  /** On whose token. */
  public AccessToken token() {
    return token;
  }
}
