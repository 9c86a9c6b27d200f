package dev.doorward.auth.token;

import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.Map;

/** What the token endpoint says. */
sealed interface TokenResult {
  /** Tokens, as the members of RFC 6749 section 5.1. */
  record Issued(Map<String, Object> body) implements TokenResult {}

  /** Nothing yet: the device asks again after {@code interval} (RFC 8628 section 3.5). */
  record Pending(Duration interval) implements TokenResult {}

  /**
   * An error of RFC 6749 section 5.2.
   *
   * @param error the protocol's code
   */
  record Refused(String error, Reason reason, String text) implements TokenResult {}
}
