package dev.doorward.auth.account;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.NewPassword;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.PasswordPage;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.FailureStore;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.SessionStore;
import dev.doorward.common.identity.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another password for who signed in lately; every other session of theirs ends with the old. */
public final class PasswordEndpoint {
  private final Ground ground;
  private final Household house;
  private final NewPassword choice;
  private final Entrance entrance;

  /** The endpoint. */
  public PasswordEndpoint(Household house, NewPassword choice, Entrance entrance) {
    this.ground = house.ground();
    this.house = house;
    this.choice = choice;
    this.entrance = entrance;
  }

  /** GET /account/password. */
  public AuthReply show(AuthCall call) {
    return house.show(
        call, Errand.PASSWORD, (who, browser) -> page(call, 200, who, browser, Optional.empty()));
  }

  /** POST /account/password. */
  public AuthReply save(AuthCall call) {
    return house.act(call, Errand.PASSWORD, (who, form) -> choose(call, who, form));
  }

  private AuthReply choose(AuthCall call, SignedIn who, PostedForm form) {
    return switch (choice.judge(form, who.person().name())) {
      case NewPassword.Choice.Refused(int status, Phrase why) ->
          page(call, status, who, form.browser(), Optional.of(why));
      case NewPassword.Choice.Taken(String phc) ->
          Pages.seeOther("/account", store(call, who, phc).toArray(Header[]::new));
    };
  }

  private List<Header> store(AuthCall call, SignedIn who, String phc) {
    Subject subject = who.person().subject();
    return ground.transact(h -> {
      PersonStore.setPassword(h, subject, phc);
      PersonStore.deleteLinks(h, subject);
      SessionStore.deleteAll(h, subject);
      FailureStore.forgive(h, subject);
      ground
          .journal()
          .note("password_set", Map.of("subject", subject.value(), "person", who.person().name()));
      return entrance.open(h, call, who.person(), who.method(), "");
    });
  }

  private AuthReply page(
      AuthCall call, int status, SignedIn who, Browser browser, Optional<Phrase> problem) {
    var page =
        new PasswordPage(
            who.person().name(),
            who.person().password().isEmpty(),
            house.csrf(browser, who, Errand.PASSWORD),
            problem);
    return house.pages().password(call, status, page, browser.cookie());
  }
}
