package dev.doorward.auth.login;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.CodePage;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.TotpStore;
import dev.doorward.common.outcome.Outcome;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Asks who has typed a right password for the second factor. */
public final class CodeEndpoint {
  private static final int TRIES = 5;

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final SecondFactor factor;
  private final SignInThrottle throttle;
  private final Entrance entrance;

  CodeEndpoint(
      Ground ground,
      Pages pages,
      Sessions sessions,
      SecondFactor factor,
      SignInThrottle throttle,
      Entrance entrance) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.factor = factor;
    this.throttle = throttle;
    this.entrance = entrance;
  }

  /** A sign-in that waits for its second factor. */
  private record Asked(SecretHash id, PersonRow person, Onward onward, int failures) {}

  /** GET /login/code. */
  public AuthReply show(AuthCall call) {
    Browser browser = Browser.ofOrNew(call, ground.mint());
    return asked(call, browser)
        .map(asked -> page(call, 200, browser, asked, Optional.empty()))
        .orElseGet(() -> Pages.seeOther("/login"));
  }

  /** POST /login/code. */
  public AuthReply prove(AuthCall call) {
    return switch (PostedForm.read(
        call, ground.settings().issuer(), _ -> binding(SecondStep.id(call)))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) ->
          asked(call, form.browser())
              .map(asked -> judge(call, form, asked))
              .orElseGet(() -> Pages.seeOther("/login", SecondStep.clear()));
    };
  }

  private AuthReply judge(AuthCall call, PostedForm form, Asked asked) {
    PersonRow person = asked.person();
    Network network = Network.of(call.remote());
    return switch (throttle.beginCode(
        person.subject(), network, sessions.knownDevice(call, Optional.of(person)))) {
      case SignInThrottle.Begin.Wait(var wait) ->
          page(
              call,
              429,
              form.browser(),
              asked,
              Optional.of(Phrase.of("signin.limited", SignInView.inWords(wait))),
              new Header("Retry-After", Allowance.seconds(wait)));
      case SignInThrottle.Begin.Closed() ->
          page(call, 403, form.browser(), asked, Optional.of(Phrase.of("signin.closed")));
      case SignInThrottle.Begin.Begun(var attempt) ->
          ground
              .transact(h -> enter(h, call, form, asked, attempt))
              .map(cookies -> {
                List<Header> all = new ArrayList<>(cookies);
                all.add(SecondStep.clear());
                all.add(form.browser().cookie());
                return Pages.seeOther(asked.onward().path(), all.toArray(Header[]::new));
              })
              .orElseGet(() -> wrong(call, form, asked));
    };
  }

  private Optional<List<Header>> enter(
      Handle h, AuthCall call, PostedForm form, Asked asked, SignInThrottle.Attempt attempt) {
    Optional<SecondFactor.Proof> proof =
        factor.prove(h, asked.person().subject(), form.field("code"));
    if (proof.isEmpty() || !TotpStore.take(h, asked.id())) {
      return Optional.empty();
    }
    attempt.succeeded(h);
    if (proof.get() == SecondFactor.Proof.RECOVERY) {
      ground
          .journal()
          .note(
              "recovery_code_used",
              Map.of(
                  "subject", asked.person().subject().value(),
                  "left", Integer.toString(TotpStore.codesLeft(h, asked.person().subject()))));
    }
    return Optional.of(entrance.open(h, call, asked.person(), Method.PASSWORD_AND_CODE, ""));
  }

  private AuthReply wrong(AuthCall call, PostedForm form, Asked asked) {
    boolean last = asked.failures() + 1 >= TRIES;
    ground.change(h -> {
      if (last) {
        TotpStore.take(h, asked.id());
      } else {
        TotpStore.countFailure(h, asked.id());
      }
    });
    ground
        .journal()
        .note(
            "second_factor_failed",
            Map.of(
                "subject", asked.person().subject().value(),
                "person", asked.person().name(),
                "network", Network.of(call.remote()).prefix()));
    return last
        ? Pages.seeOther(asked.onward().signInPath(), SecondStep.clear())
        : page(call, 401, form.browser(), asked, Optional.of(Phrase.of("signin.code-wrong")));
  }

  private Optional<Asked> asked(AuthCall call, Browser browser) {
    return SecondStep.id(call)
        .flatMap(id ->
            ground.transact(h ->
                TotpStore.waiting(h, id, browser.hash(), ground.clock().instant())
                    .flatMap(waiting ->
                        PersonStore.find(h, waiting.subject())
                            .map(person ->
                                new Asked(
                                    id,
                                    person,
                                    Onward.stored(waiting.onward()),
                                    waiting.failures())))));
  }

  private AuthReply page(
      AuthCall call,
      int status,
      Browser browser,
      Asked asked,
      Optional<Phrase> problem,
      Header... more) {
    String csrf = browser.formToken(binding(Optional.of(asked.id())));
    return pages.code(call, status, new CodePage(asked.person().name(), csrf, problem), more);
  }

  private static FormBinding binding(Optional<SecretHash> id) {
    String tag = id.map(hash -> HexFormat.of().formatHex(hash.bytes())).orElse("");
    return new FormBinding("code", "", tag);
  }
}
