package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.page.SetupPage;
import dev.doorward.auth.store.FailureStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.SessionStore;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The page behind a setup link: it sets a password once, and looking at it uses nothing up. */
public final class SetupEndpoint {
  /** Path of the page; the code is in its query. */
  public static final String PATH = "/login/setup";

  private static final Problem NO_LINK =
      new Problem(
          Reason.SETUP_LINK_INVALID,
          "This link was used already, was replaced by a newer one, or is older than an hour. Ask"
              + " whoever runs this server for a new one.");

  private final Ground ground;
  private final Pages pages;
  private final Entrance entrance;
  private final NewPassword choice;

  /** The endpoint. */
  public SetupEndpoint(Ground ground, Pages pages, Entrance entrance, NewPassword choice) {
    this.ground = ground;
    this.pages = pages;
    this.entrance = entrance;
    this.choice = choice;
  }

  /** GET /login/setup. */
  public AuthReply show(AuthCall call) {
    String code = Parameters.ofQuery(call).flatMap(query -> query.one("code")).orElse("");
    Browser browser = Browser.ofOrNew(call, ground.mint());
    return person(code)
        .map(person -> page(call, 200, browser, person, code, Optional.empty(), browser.cookie()))
        .orElseGet(() -> gone(call));
  }

  /** POST /login/setup. */
  public AuthReply save(AuthCall call) {
    return switch (PostedForm.read(
        call,
        ground.settings().issuer(),
        fields -> new FormBinding("setup", "", fields.one("code").orElse("")))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) ->
          person(form.field("code"))
              .map(person -> choose(call, form, person))
              .orElseGet(() -> gone(call));
    };
  }

  private AuthReply choose(AuthCall call, PostedForm form, PersonRow person) {
    String code = form.field("code");
    if (!ground.settings().login().password()) {
      return welcome(
          ground.transact(h -> enter(h, call, code)), call, form, Errand.PASSKEYS.path());
    }
    return switch (choice.judge(form, person.name())) {
      case NewPassword.Choice.Refused(int status, Phrase why) ->
          page(call, status, form.browser(), person, code, Optional.of(why));
      case NewPassword.Choice.Taken(String phc) ->
          welcome(ground.transact(h -> store(h, call, code, phc)), call, form, "/account");
    };
  }

  private AuthReply welcome(
      Optional<List<Header>> entered, AuthCall call, PostedForm form, String path) {
    return entered
        .map(cookies -> {
          List<Header> all = new ArrayList<>(cookies);
          all.add(form.browser().cookie());
          return Pages.seeOther(path, all.toArray(Header[]::new));
        })
        .orElseGet(() -> gone(call));
  }

  /** Sets the password; whoever was signed in with the old one is not any more. */
  private Optional<List<Header>> store(Handle h, AuthCall call, String code, String phc) {
    return taken(h, code)
        .map(found -> {
          PersonStore.setPassword(h, found.subject(), phc);
          SessionStore.deleteAll(h, found.subject());
          ground
              .journal()
              .note(
                  "password_set",
                  Map.of("subject", found.subject().value(), "person", found.name()));
          return entrance.open(h, call, found, Method.SETUP_LINK, "");
        });
  }

  /** Signs in where there are no passwords: the person adds a passkey or an account next. */
  private Optional<List<Header>> enter(Handle h, AuthCall call, String code) {
    return taken(h, code).map(found -> entrance.open(h, call, found, Method.SETUP_LINK, ""));
  }

  /** Whose link it was; it is used up. */
  private Optional<PersonRow> taken(Handle h, String code) {
    Optional<PersonRow> person =
        PersonStore.ofLink(h, SecretHash.of(code), ground.clock().instant());
    person.ifPresent(found -> {
      PersonStore.deleteLinks(h, found.subject());
      FailureStore.forgive(h, found.subject());
      UpstreamStore.invited(h, found.subject());
    });
    return person;
  }

  private Optional<PersonRow> person(String code) {
    return ground.transact(
        h -> PersonStore.ofLink(h, SecretHash.of(code), ground.clock().instant()));
  }

  private AuthReply gone(AuthCall call) {
    return pages.problem(call, 410, "setup.gone", NO_LINK);
  }

  private AuthReply page(
      AuthCall call,
      int status,
      Browser browser,
      PersonRow person,
      String code,
      Optional<Phrase> problem,
      Header... more) {
    String token = browser.formToken(new FormBinding("setup", "", code));
    return pages.setup(
        call,
        status,
        new SetupPage(
            person.name(),
            code,
            token,
            ground.settings().login().password(),
            UpstreamForm.setup(ground.settings().login(), browser, code),
            problem),
        more);
  }
}
