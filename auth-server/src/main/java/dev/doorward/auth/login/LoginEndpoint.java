package dev.doorward.auth.login;

import dev.doorward.auth.engine.Allowance;
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
import dev.doorward.auth.store.PersonRow;
import dev.doorward.common.outcome.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sign-in page. The request that waits for it, if any, is named by a server-side id only. */
public final class LoginEndpoint {
  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final SignIn signIn;
  private final SignInView view;
  private final SecondStep second;

  /** The endpoint. */
  LoginEndpoint(
      Ground ground,
      Pages pages,
      Sessions sessions,
      SignIn signIn,
      SignInView view,
      SecondStep second) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.signIn = signIn;
    this.view = view;
    this.second = second;
  }

  /** GET /login. */
  public AuthReply show(AuthCall call) {
    Onward onward = Parameters.ofQuery(call).map(Onward::of).orElse(Onward.ACCOUNT);
    Optional<Sessions.SignedIn> who = sessions.of(call);
    if (who.isPresent() && (onward.errand().isEmpty() || sessions.isFresh(who.get()))) {
      return Pages.seeOther(onward.path());
    }
    Browser browser = Browser.ofOrNew(call, ground.mint());
    return view.page(call, 200, browser, onward, "", Optional.empty(), browser.cookie());
  }

  /** POST /login. */
  public AuthReply signIn(AuthCall call) {
    return switch (PostedForm.read(
        call, ground.settings().issuer(), fields -> binding(Onward.of(fields)))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> attempt(call, form);
    };
  }

  private AuthReply attempt(AuthCall call, PostedForm form) {
    String name = form.field("username");
    Onward onward = Onward.of(form.fields());
    Browser browser = form.browser();
    if (!ground.settings().login().password()) {
      return view.page(call, 403, browser, onward, name, problem("signin.no-passwords"));
    }
    return switch (signIn.attempt(call, name, form.field("password"))) {
      case SignIn.Result.Right(PersonRow person) -> {
        SecondStep.Next next = second.after(call, browser, person, onward);
        List<Header> cookies = new ArrayList<>(next.cookies());
        cookies.add(browser.cookie());
        yield Pages.seeOther(next.path(), cookies.toArray(Header[]::new));
      }
      case SignIn.Result.Wrong() ->
          view.page(call, 401, browser, onward, name, problem("signin.wrong"));
      case SignIn.Result.Limited(var wait) ->
          view.page(
              call,
              429,
              browser,
              onward,
              name,
              problem("signin.limited", SignInView.inWords(wait)),
              new Header("Retry-After", Allowance.seconds(wait)));
      case SignIn.Result.Closed() ->
          view.page(call, 403, browser, onward, name, problem("signin.closed"));
      case SignIn.Result.Unjudged() ->
          view.page(
              call,
              503,
              browser,
              onward,
              name,
              problem("signin.overloaded"),
              new Header("Retry-After", "5"));
    };
  }

  static FormBinding binding(Onward onward) {
    return new FormBinding("sign-in", "", onward.tag());
  }

  private static Optional<Phrase> problem(String key, Object... values) {
    return Optional.of(Phrase.of(key, values));
  }
}
