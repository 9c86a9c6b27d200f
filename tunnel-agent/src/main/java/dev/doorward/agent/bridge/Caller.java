package dev.doorward.agent.bridge;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.token.AccessToken;

/** Who a session belongs to, from the token that this agent verified. */
record Caller(Subject subject, ClientId client) {
  static Caller of(AccessToken token) {
    return new Caller(token.subject(), token.client());
  }
}
