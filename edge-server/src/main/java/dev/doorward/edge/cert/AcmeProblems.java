package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;

/** What went wrong with an authority, in one sentence. */
final class AcmeProblems {
  private static final int LONGEST = 300;

  private AcmeProblems() {}

  /** The problem behind an exception of acme4j. */
  static Problem of(Exception failure, String authority) {
    return switch (failure) {
      case AcmeLazyLoadingException lazy when lazy.getCause() instanceof Exception cause ->
          of(cause, authority);
      case AcmeRateLimitedException limited ->
          new Problem(Reason.ACME_LIMITED, sentence(authority, text(limited.getProblem())));
      case AcmeServerException refused ->
          new Problem(Reason.ACME_REFUSED, sentence(authority, text(refused.getProblem())));
      case AcmeNetworkException network ->
          new Problem(
              Reason.ACME_UNREACHABLE,
              sentence(authority, "it cannot be reached (" + cause(network) + ")"));
      case IOException io ->
          new Problem(Reason.STORE_FAILED, "The files of ACME cannot be used: " + cause(io) + ".");
      default ->
          new Problem(
              Reason.ACME_UNREACHABLE,
              sentence(
                  authority,
                  "its answer is not what ACME wants ("
                      + shown(String.valueOf(failure.getMessage()))
                      + ")"));
    };
  }

  private static String sentence(String authority, String what) {
    return authority + ": " + what + ".";
  }

  private static String cause(Exception e) {
    Throwable deepest = e;
    for (int depth = 0; depth < 8 && deepest.getCause() != null; depth++) {
      deepest = deepest.getCause();
    }
    return shown(
        deepest.getClass().getSimpleName()
            + (deepest.getMessage() == null ? "" : ": " + deepest.getMessage()));
  }

  /** What an authority says in a problem document (RFC 9457), fit for a log. */
  static String text(org.shredzone.acme4j.Problem problem) {
    String type = problem.getType().toString();
    String detail = problem.getDetail().or(problem::getTitle).orElse("");
    return shown(type.substring(type.lastIndexOf(':') + 1) + ", " + detail);
  }

  /** At most 300 printable characters of what others wrote, without a full stop at the end. */
  static String shown(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?").strip();
    String cut = printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST);
    return cut.endsWith(".") ? cut.substring(0, cut.length() - 1) : cut;
  }
}
