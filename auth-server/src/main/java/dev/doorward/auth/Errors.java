package dev.doorward.auth;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.page.Pages;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.List;

/** What goes wrong outside of any endpoint: a page for browsers, JSON for programs. */
record Errors(Pages pages) {

  /** An answer to whoever asks: who takes HTML is a browser with a person before it. */
  AuthReply answer(
      AuthCall call, int status, String error, Reason reason, String text, Header... more) {
    return takesPages(call)
        ? pages.problem(call, status, "common.failed", new Problem(reason, text), more)
        : json(status, error, reason, text, more);
  }

  /** The same for programs only. */
  static AuthReply json(int status, String error, Reason reason, String text, Header... more) {
    return JsonReply.error(status, error, reason, text, more);
  }

  private static boolean takesPages(AuthCall call) {
    List<String> accept = call.headers().getOrDefault("accept", List.of());
    return call.method().equals("GET")
        && accept.stream().anyMatch(value -> value.contains("text/html"));
  }
}
