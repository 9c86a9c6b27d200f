package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import java.time.Instant;
import java.util.List;

/** The operator's side of the public certificate. Safe on any thread. */
public interface CertificateDesk {
  /**
   * How it is doing. What is not there is empty.
   *
   * @param source {@code acme}, {@code files} or {@code internal}
   * @param renewal when it is renewed, and {@code nextAttempt} no attempt before, as ISO 8601
   * @param reason code of what the last attempt failed of, {@code text} in words
   */
  record View(
      String source,
      List<String> names,
      String ends,
      String renewal,
      String nextAttempt,
      String authority,
      int failures,
      String reason,
      String text) {
    /** Text of a time that may not be there. */
    public static String time(java.util.Optional<Instant> time) {
      return time.map(Instant::toString).orElse("");
    }
  }

  /** How it is doing. */
  View show();

  /** Tries to get another one now, whatever has failed before; returns before it is done. */
  Outcome<View> renew();
}
