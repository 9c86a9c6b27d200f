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
import dev.doorward.auth.page.SignInPage;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.RequestStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The sign-in page. The request that waits for it, if any, is named by a server-side id only. */
public final class LoginEndpoint {
  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final SignIn signIn;

  /** The endpoint. */
  public LoginEndpoint(Ground ground, Pages pages, Sessions sessions, PasswordHasher hasher) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.signIn = new SignIn(ground, sessions, hasher);
  }

  /** GET /login. */
  public AuthReply show(AuthCall call) {
    String request = Parameters.ofQuery(call).flatMap(query -> query.one("request")).orElse("");
    if (sessions.of(call).isPresent()) {
      return Pages.seeOther(next(request));
    }
    Browser browser = Browser.ofOrNew(call, ground.mint());
    return page(call, 200, browser, request, "", Optional.empty(), browser.cookie());
  }

  /** POST /login. */
  public AuthReply signIn(AuthCall call) {
    return switch (PostedForm.read(call, ground.settings().issuer(), LoginEndpoint::binding)) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> attempt(call, form);
    };
  }

  private AuthReply attempt(AuthCall call, PostedForm form) {
    String name = form.field("username");
    String request = form.field("request");
    Browser browser = form.browser();
    return switch (signIn.attempt(call, name, form.field("password"))) {
      case SignIn.Result.Done(var cookies) -> {
        List<Header> all = new ArrayList<>(cookies);
        all.add(browser.cookie());
        yield Pages.seeOther(next(request), all.toArray(Header[]::new));
      }
      case SignIn.Result.Wrong() ->
          page(call, 401, browser, request, name, problem("signin.wrong"));
      case SignIn.Result.Limited(var wait) ->
          page(
              call,
              429,
              browser,
              request,
              name,
              problem("signin.limited", inWords(wait)),
              new Header("Retry-After", Allowance.seconds(wait)));
      case SignIn.Result.Unjudged() ->
          page(
              call,
              503,
              browser,
              request,
              name,
              problem("signin.overloaded"),
              new Header("Retry-After", "5"));
    };
  }

  private AuthReply page(
      AuthCall call,
      int status,
      Browser browser,
      String request,
      String name,
      Optional<Phrase> problem,
      Header... more) {
    String token = browser.formToken(new FormBinding("sign-in", "", request));
    return pages.signIn(
        call,
        status,
        new SignInPage(client(browser, request), request, token, name, problem),
        more);
  }

  /** The name of the client whose request waits in that browser, or empty. */
  private String client(Browser browser, String request) {
    if (request.isEmpty()) {
      return "";
    }
    return ground.transact(h ->
        RequestStore.find(h, SecretHash.of(request), browser.hash(), ground.clock().instant())
            .flatMap(waiting -> ClientStore.find(h, waiting.client()))
            .map(ClientRow::name)
            .orElse(""));
  }

  private static FormBinding binding(Parameters fields) {
    return new FormBinding("sign-in", "", fields.one("request").orElse(""));
  }

  private static String next(String request) {
    return request.matches("[A-Za-z0-9_-]{1,100}") ? "/consent?request=" + request : "/account";
  }

  private static Optional<Phrase> problem(String key, Object... values) {
    return Optional.of(Phrase.of(key, values));
  }

  private static Phrase inWords(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    if (seconds < 90) {
      return seconds == 1 ? Phrase.of("common.second") : Phrase.of("common.seconds", seconds);
    }
    return Phrase.of("common.minutes", (seconds + 59) / 60);
  }
}
