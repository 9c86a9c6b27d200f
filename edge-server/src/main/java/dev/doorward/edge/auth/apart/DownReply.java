package dev.doorward.edge.auth.apart;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.OpenCors;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** What clients and people are told while the auth-server cannot be asked: 503 with Retry-After. */
final class DownReply {
  private static final Set<String> PAGES =
      Set.of("authorize", "login", "consent", "account", "device");

  /** The one machine endpoint below a path of pages. */
  private static final String DEVICE = "/device/authorization";

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Signing in is not possible at the moment</title>
      <h1>Signing in is not possible at the moment</h1>
      <p>The part of this site that signs people in is not running. Try again in a few seconds;
      if it stays so, tell whoever runs this site: <code>REASON</code>.</p>
      """;

  private DownReply() {}

  static AuthReply of(AuthCall call, Problem problem) {
    if (problem.reason() == Reason.HTTP_BODY_TOO_LARGE) {
      return JsonReply.error(413, "invalid_request", problem.reason(), "The request is too large.");
    }
    if (problem.reason() == Reason.HTTP_MALFORMED) {
      return JsonReply.error(
          400, "invalid_request", problem.reason(), "The request is not of a form taken here.");
    }
    Header retry = new Header("Retry-After", "5");
    if (!isPage(call)) {
      return OpenCors.open(
          JsonReply.error(
              503,
              "temporarily_unavailable",
              problem.reason(),
              "The authorization server does not answer; repeat later.",
              retry));
    }
    return new AuthReply(
        503,
        List.of(
            new Header("Content-Type", "text/html; charset=utf-8"),
            new Header("Cache-Control", "no-store"),
            new Header("X-Content-Type-Options", "nosniff"),
            new Header("Referrer-Policy", "no-referrer"),
            new Header(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
            retry),
        PAGE.replace("REASON", problem.reason().code()).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isPage(AuthCall call) {
    String path = call.path();
    String first = path.substring(1).split("/", 2)[0];
    String accept = call.header("accept");
    return PAGES.contains(first)
        && !path.equals(DEVICE)
        && accept != null
        && accept.contains("text/html");
  }
}
