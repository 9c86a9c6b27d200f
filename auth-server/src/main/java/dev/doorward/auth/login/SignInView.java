package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.PasskeyAsk;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.SignInPage;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.RequestStore;
import dev.doorward.auth.store.SecretHash;
import java.time.Duration;
import java.util.Optional;

/** Shows the sign-in page: with every way in that there is, and for whom. */
final class SignInView {
  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final Challenges challenges;

  SignInView(Ground ground, Pages pages, Sessions sessions, Challenges challenges) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.challenges = challenges;
  }

  /**
   * The page.
   *
   * @param name what was typed; where somebody is signed in who must prove it again, their name
   *     stands in for nothing
   */
  AuthReply page(
      AuthCall call,
      int status,
      Browser browser,
      Onward onward,
      String name,
      Optional<Phrase> problem,
      Header... more) {
    Optional<PersonRow> again =
        onward.errand().flatMap(_ -> sessions.of(call)).map(Sessions.SignedIn::person);
    var page =
        new SignInPage(
            client(browser, onward.request()),
            onward.request(),
            onward.code(),
            browser.formToken(LoginEndpoint.binding(onward)),
            name.isEmpty() ? again.map(PersonRow::name).orElse("") : name,
            ground.settings().login().password(),
            again.isPresent(),
            ask(browser),
            UpstreamForm.signIn(ground.settings().login(), browser, onward),
            problem);
    return pages.signIn(call, status, page, more);
  }

  private Optional<PasskeyAsk> ask(Browser browser) {
    return PasskeyCheck.isPossible(ground.settings().issuer()) && ground.transact(PasskeyStore::any)
        ? Optional.of(
            new PasskeyAsk(
                challenges.issue(browser, PasskeyEndpoint.PURPOSE),
                ground.settings().issuer().host()))
        : Optional.empty();
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

  /** A wait as people say it. */
  static Phrase inWords(Duration wait) {
    long seconds = Math.max(1, wait.plusMillis(999).toSeconds());
    if (seconds < 90) {
      return seconds == 1 ? Phrase.of("common.second") : Phrase.of("common.seconds", seconds);
    }
    return Phrase.of("common.minutes", (seconds + 59) / 60);
  }
}
