package dev.doorward.policy.engine;

import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.List;

/** Why a call is not forwarded. */
public sealed interface Deny extends Decision {

  /** The stable code. */
  Reason reason();

  /** No token, or none that is worth anything here: 401 with a challenge. */
  record Unauthenticated(Reason reason) implements Deny {}

  /** A good token, but its person may not do this: 403. Existing and imagined services alike. */
  record Forbidden(Reason reason) implements Deny {}

  /**
   * A good token of somebody who may use the service, but it lacks a scope: 403 with a challenge.
   *
   * @param needed every scope that the call needs, those that the token has included
   */
  record InsufficientScope(List<String> needed) implements Deny {
    /** Copies the scopes. */
    public InsufficientScope {
      needed = List.copyOf(needed);
    }

    @Override
    public Reason reason() {
      return Reason.SCOPE_INSUFFICIENT;
    }
  }

  /** Too much at a time: 429. */
  record Limited(Reason reason, Duration retryIn) implements Deny {}
}
