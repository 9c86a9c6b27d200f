package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Cookies;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.TotpStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What follows a right password: a session, or for who has a second factor the question for it. The
 * sign-in that waits is bound to the browser and lives five minutes.
 */
final class SecondStep {
  static final String PATH = "/login/code";

  private static final String COOKIE = "__Host-doorward-step";
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final Ground ground;
  private final Entrance entrance;

  /** The cookies to set and the path to go to. */
  record Next(List<Header> cookies, String path) {}

  SecondStep(Ground ground, Entrance entrance) {
    this.ground = ground;
    this.entrance = entrance;
  }

  Next after(AuthCall call, Browser browser, PersonRow person, Onward onward) {
    return ground.transact(h -> {
      if (!TotpStore.isOn(h, person.subject())) {
        return new Next(entrance.open(h, call, person, Method.PASSWORD, ""), onward.path());
      }
      Mint.Minted id = ground.mint().secret("dwt_");
      TotpStore.insertWaiting(
          h,
          id.hash(),
          browser.hash(),
          new TotpStore.Waiting(person.subject(), onward.tag(), 0),
          ground.clock().instant().plus(LIFE));
      return new Next(List.of(Cookies.set(COOKIE, id.reveal(), LIFE)), PATH);
    });
  }

  /** What waits in the browser that sent a call. */
  static Optional<SecretHash> id(AuthCall call) {
    return Cookies.read(call, COOKIE).map(SecretHash::of);
  }

  /** Forgets what waited. */
  static Header clear() {
    return Cookies.clear(COOKIE);
  }
}
