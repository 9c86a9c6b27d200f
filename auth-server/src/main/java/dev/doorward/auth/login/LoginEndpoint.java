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

/** The sign-in page. The request that waits for it, if any, is named by a server-side id only. */
public final class LoginEndpoint {
  private static final String WRONG = "The name or the password is wrong.";

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
    return page(200, browser, request, "", "", browser.cookie());
  }

  /** POST /login. */
  public AuthReply signIn(AuthCall call) {
    return switch (PostedForm.read(call, ground.settings().issuer(), LoginEndpoint::binding)) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(403, "That did not work", problem);
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
      case SignIn.Result.Wrong() -> page(401, browser, request, name, WRONG);
      case SignIn.Result.Limited(var wait) ->
          page(
              429,
              browser,
              request,
              name,
              "Too many attempts. Try again in " + inWords(wait) + ".",
              new Header("Retry-After", Allowance.seconds(wait)));
      case SignIn.Result.Unjudged(var problem) ->
          page(503, browser, request, name, problem.text(), new Header("Retry-After", "5"));
    };
  }

  private AuthReply page(
      int status, Browser browser, String request, String name, String problem, Header... more) {
    String token = browser.formToken(new FormBinding("sign-in", "", request));
    return pages.signIn(
        status, new SignInPage(client(browser, request), request, token, name, problem), more);
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

  private static String inWords(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    if (seconds < 90) {
      return seconds == 1 ? "a second" : seconds + " seconds";
    }
    return (seconds + 59) / 60 + " minutes";
  }
}
