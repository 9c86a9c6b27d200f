package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.page.MessagePage;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.common.outcome.Reason;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages that say why signing in elsewhere came to nothing, and what is written down of it. */
final class UpstreamAnswers {
  private static final Logger log = LoggerFactory.getLogger(UpstreamAnswers.class);

  private final Ground ground;
  private final Pages pages;

  UpstreamAnswers(Ground ground, Pages pages) {
    this.ground = ground;
    this.pages = pages;
  }

  /** There is no such provider. */
  AuthReply unknown(AuthCall call) {
    return message(call, 404, Phrase.of("upstream.unknown"), Reason.ROUTE_UNKNOWN);
  }

  /** The trip is over, was never begun, or was begun in another browser. */
  AuthReply late(AuthCall call) {
    return message(call, 400, Phrase.of("upstream.late"), Reason.UPSTREAM_REFUSED);
  }

  /** The person did not want to. */
  AuthReply cancelled(AuthCall call, Providers.Named provider) {
    note(call, provider, "access_denied");
    return message(
        call, 400, Phrase.of("upstream.cancelled", provider.shown()), Reason.UPSTREAM_REFUSED);
  }

  /** What came back is not in order; {@code why} is for the record. */
  AuthReply refused(AuthCall call, int status, Providers.Named provider, String why) {
    note(call, provider, why);
    return message(
        call, status, Phrase.of("upstream.refused", provider.shown()), Reason.UPSTREAM_REFUSED);
  }

  /** Nobody who may come in. */
  AuthReply notAdmitted(AuthCall call, Providers.Named provider) {
    note(call, provider, "not admitted");
    return message(
        call,
        403,
        Phrase.of("upstream.not-admitted", provider.shown()),
        Reason.PERSON_NOT_ADMITTED);
  }

  /** The provider cannot be asked; {@code why} is for the log. */
  AuthReply out(AuthCall call, Providers.Named provider, String why) {
    log.atWarn()
        .addKeyValue("event", "upstream_unavailable")
        .addKeyValue("reason", Reason.UPSTREAM_UNAVAILABLE.code())
        .addKeyValue("provider", provider.name())
        .addKeyValue("cause", why)
        .log("a provider cannot be asked");
    return message(
        call,
        503,
        Phrase.of("upstream.unavailable", provider.shown()),
        Reason.UPSTREAM_UNAVAILABLE,
        new Header("Retry-After", "30"));
  }

  /** Any other. */
  AuthReply message(AuthCall call, int status, Phrase text, Reason reason, Header... more) {
    var page =
        new MessagePage(
            Phrase.of("upstream.failed"),
            text,
            "",
            reason.code(),
            Optional.of(new MessagePage.Way("/login", Phrase.of("upstream.back"))));
    return pages.message(call, status, page, more);
  }

  private void note(AuthCall call, Providers.Named provider, String why) {
    ground
        .journal()
        .note(
            "upstream_refused",
            Map.of(
                "provider", provider.name(),
                "network", Network.of(call.remote()).prefix(),
                "why", why));
  }
}
