package dev.doorward.agent.connect;

import dev.doorward.agent.dial.Dialled;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.TimeSpan;
import java.security.cert.CertificateException;

/** How an MCP server was when it was last tried. */
public sealed interface BackendHealth {
  /** Not tried yet. */
  record Untried() implements BackendHealth {}

  /** It took a connection. */
  record Up() implements BackendHealth {}

  /** It took none; the problem is the one that calls end with. */
  record Down(Problem problem) implements BackendHealth {}

  /** What a dialling tells of a backend. */
  static BackendHealth of(Dialled dialled, Backend backend) {
    String limit = TimeSpan.write(backend.connectTimeout());
    return switch (dialled) {
      case Dialled.Open open -> new Up();
      case Dialled.UnknownName unknown ->
          down("the name " + backend.url().host() + " has no address on this machine");
      case Dialled.Unreachable unreachable -> down("nothing answers at " + backend.place());
      case Dialled.TimedOut(Dialled.Stage waitedFor) ->
          switch (waitedFor) {
            case NAME -> down("the name " + backend.url().host() + " was not resolved in " + limit);
            case CONNECTION, PROXY -> down("no connection to " + backend.place() + " in " + limit);
            case HANDSHAKE -> noTls(backend);
          };
      case Dialled.ProxyFailed(String text) -> down(text);
      case Dialled.HandshakeFailed(Throwable cause) -> handshake(cause, backend);
      case Dialled.Stopped stopped -> down("the agent is shutting down");
    };
  }

  private static Down down(String text) {
    return new Down(new Problem(Reason.BACKEND_UNREACHABLE, text));
  }

  private static Down handshake(Throwable cause, Backend backend) {
    int depth = 0;
    for (Throwable t = cause; t != null && depth < 16; t = t.getCause(), depth++) {
      if (t instanceof CertificateException) {
        return new Down(
            new Problem(
                Reason.BACKEND_NOT_TRUSTED,
                "the certificate of "
                    + backend.origin()
                    + " is not accepted: it is for another name, has ended, or is of a CA that"
                    + " neither this machine nor the ca of the service knows"));
      }
    }
    return noTls(backend);
  }

  private static Down noTls(Backend backend) {
    return down("what answers at " + backend.place() + " does not speak TLS as it should");
  }
}
