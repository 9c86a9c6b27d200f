package dev.doorward.policy.engine;

import dev.doorward.common.call.CallView;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.policy.authn.TokenRule;
import dev.doorward.policy.limit.AddressCredit;
import dev.doorward.policy.limit.AddressLimit;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides about calls: {@link #admit} before anything costly is done for somebody unknown, {@link
 * #decide} before anything is forwarded. Pure but for the credit that is spent; safe on any thread.
 */
public final class PolicyEngine {
  private PolicyEngine() {}

  /**
   * Whether a token from this address may be looked at. Asked only where the token is not one that
   * was verified a moment ago, so that known callers never share a budget with unknown ones.
   */
  public static Optional<Deny.Limited> admit(
      InetAddress remote, PolicySnapshot snapshot, AddressCredit credit, Instant now) {
    return switch (snapshot.address().take(remote, credit, now)) {
      case AddressLimit.Outcome.Taken _ -> Optional.empty();
      case AddressLimit.Outcome.Spent spent ->
          Optional.of(new Deny.Limited(Reason.ADDRESS_LIMITED, spent.retryIn()));
    };
  }

  /** Whether the call may be forwarded. */
  public static Decision decide(CallView view, PolicySnapshot snapshot, Instant now) {
    AccessToken token;
    switch (TokenRule.check(view, snapshot.revoked(), now)) {
      case TokenCheck.Rejected(Reason reason) -> {
        return new Deny.Unauthenticated(reason);
      }
      case TokenCheck.Verified(AccessToken verified) -> token = verified;
    }
    if (!snapshot.access().mayUse(token, view.service())) {
      return new Deny.Forbidden(Reason.SERVICE_NOT_ALLOWED);
    }
    List<String> needed = snapshot.scopes().needed(view);
    if (!token.scopes().containsAll(needed)) {
      return new Deny.InsufficientScope(needed);
    }
    return new Permit(view, token);
  }
}
