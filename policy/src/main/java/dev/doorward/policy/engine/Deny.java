package dev.doorward.policy.engine;

import dev.doorward.common.outcome.Reason;
import java.time.Duration;

/** Why a call is not forwarded. */
public sealed interface Deny extends Decision {

  /** The stable code. */
  Reason reason();

  /** No token, or none that is worth anything here: 401 with a challenge. */
  record Unauthenticated(Reason reason) implements Deny {}

  /** A good token, but its person may not do this: 403. Existing and imagined services alike. */
  record Forbidden(Reason reason) implements Deny {}

  /** Too much at a time: 429. */
  record Limited(Reason reason, Duration retryIn) implements Deny {}
}
