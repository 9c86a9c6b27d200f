package dev.doorward.policy.authz;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.token.AccessToken;

/** Who may use what, as known at this moment. Answers from memory; safe on any thread. */
@FunctionalInterface
public interface AccessRules {
  /** The rule where nothing was said: nobody may use anything. */
  AccessRules NOTHING = (_, _) -> false;

  /** Whether the person of {@code token} may use {@code service}, whether or not it exists. */
  boolean mayUse(AccessToken token, ServiceName service);
}
