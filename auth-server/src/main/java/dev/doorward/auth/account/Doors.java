package dev.doorward.auth.account;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.page.AccountPage.Door;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.TotpStore;
import dev.doorward.common.identity.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The ways in that a person has. */
public final class Doors {
  private final Ground ground;

  /** Ways in, as the store has them. */
  public Doors(Ground ground) {
    this.ground = ground;
  }

  /** As the account page lists them. */
  List<Door> of(PersonRow person) {
    return ground.transact(h -> list(h, person));
  }

  private List<Door> list(Handle h, PersonRow person) {
    Subject subject = person.subject();
    List<Door> doors = new ArrayList<>();
    int passkeys = PasskeyStore.of(h, subject).size();
    doors.add(
        door(
            Errand.PASSKEYS,
            "account.door-passkeys",
            passkeys == 0 ? Phrase.of("account.none") : Phrase.of("account.count", passkeys)));
    if (ground.settings().login().password()) {
      doors.add(
          door(Errand.PASSWORD, "account.door-password", isSet(person.password().isPresent())));
      doors.add(
          door(
              Errand.SECOND_FACTOR,
              "account.door-factor",
              Phrase.of(TotpStore.isOn(h, subject) ? "account.is-on" : "account.is-off")));
    }
    doors.add(door(Errand.TOKENS, "account.door-tokens", Phrase.of("account.door-tokens-for")));
    return doors;
  }

  /** Whether a person could sign in without any passkey. */
  boolean hasAnotherThanPasskeys(Handle h, PersonRow person) {
    return ground.settings().login().password() && person.password().isPresent();
  }

  private static Phrase isSet(boolean set) {
    return Phrase.of(set ? "account.is-set" : "account.is-not-set");
  }

  private static Door door(Errand errand, String name, Phrase state) {
    return new Door(errand.path(), Phrase.of(name), state);
  }
}
