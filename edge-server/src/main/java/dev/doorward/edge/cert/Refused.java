package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;

/** Ends an order; its problem becomes the {@link Issuance.Failed}. */
final class Refused extends RuntimeException {
  private final transient Problem problem;

  Refused(Problem problem) {
    super(problem.text(), null, false, false);
    this.problem = problem;
  }

  Refused(Reason reason, String text) {
    this(new Problem(reason, text));
  }

  Problem problem() {
    return problem;
  }
}
