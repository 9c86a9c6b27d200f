package dev.doorward.auth.account;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.common.outcome.Outcome;
import java.util.Optional;

/**
 * What every page of the account asks first: is somebody signed in, lately enough where it matters,
 * and is the form one of ours?
 */
public record Household(Ground ground, Pages pages, Sessions sessions) {
  /** Shows something to who is signed in. */
  @FunctionalInterface
  public interface View {
    /** The page. */
    AuthReply show(SignedIn who, Browser browser);
  }

  /** Does something for who is signed in. */
  @FunctionalInterface
  public interface Deed {
    /** What came of it. */
    AuthReply act(SignedIn who, PostedForm form);
  }

  /** Shows a page to who is signed in, whenever they signed in. */
  public AuthReply show(AuthCall call, View view) {
    return sessions
        .of(call)
        .map(who -> view.show(who, Browser.ofOrNew(call, ground.mint())))
        .orElseGet(() -> Pages.seeOther("/login"));
  }

  /** Shows a page to who signed in lately; who did not signs in again first. */
  public AuthReply show(AuthCall call, Errand errand, View view) {
    return show(
        call,
        (who, browser) ->
            outside(who, errand)
                .or(() -> sessions.stepUp(who, errand))
                .orElseGet(() -> view.show(who, browser)));
  }

  /** Acts on a form of an account page. */
  public AuthReply act(AuthCall call, Deed deed) {
    return act(call, Optional.empty(), deed);
  }

  /** Acts on a form of the errand's page, for who signed in lately. */
  public AuthReply act(AuthCall call, Errand errand, Deed deed) {
    return act(call, Optional.of(errand), deed);
  }

  private AuthReply act(AuthCall call, Optional<Errand> errand, Deed deed) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther("/login");
    }
    return switch (PostedForm.read(
        call, ground.settings().issuer(), _ -> binding(who.get(), errand))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) ->
          errand
              .flatMap(e -> outside(who.get(), e).or(() -> sessions.stepUp(who.get(), e)))
              .orElseGet(() -> deed.act(who.get(), form));
    };
  }

  /**
   * A person who came in by a provider's list has no way in of their own: it would outlive their
   * place on the list.
   */
  private Optional<AuthReply> outside(SignedIn who, Errand errand) {
    boolean own =
        switch (errand) {
          case PASSWORD, PASSKEYS, SECOND_FACTOR -> true;
          case LINKS, TOKENS -> false;
        };
    return own && ground.transact(h -> UpstreamStore.isAdmittedOnly(h, who.person().subject()))
        ? Optional.of(Pages.seeOther("/account"))
        : Optional.empty();
  }

  /** The hidden token of the forms on a page of the account. */
  public String csrf(Browser browser, SignedIn who) {
    return browser.formToken(binding(who, Optional.empty()));
  }

  /** The hidden token of the forms on the errand's page. */
  public String csrf(Browser browser, SignedIn who, Errand errand) {
    return browser.formToken(binding(who, Optional.of(errand)));
  }

  private static FormBinding binding(SignedIn who, Optional<Errand> errand) {
    return new FormBinding("account", who.tag(), errand.map(Errand::code).orElse(""));
  }
}
