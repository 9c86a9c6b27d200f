package dev.doorward.auth.account;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.page.AccountPage.Door;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.TotpStore;
import dev.doorward.auth.store.UpstreamStore;
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
    List<Door> doors = new ArrayList<>();
    if (!UpstreamStore.isAdmittedOnly(h, person.subject())) {
      addOwn(h, person, doors);
    }
    int links = UpstreamStore.of(h, person.subject()).size();
    if (links > 0 || !ground.settings().login().upstream().isEmpty()) {
      doors.add(door(Errand.LINKS, "account.door-links", count(links)));
    }
    doors.add(door(Errand.TOKENS, "account.door-tokens", Phrase.of("account.door-tokens-for")));
    return doors;
  }

  /**
   * What a person who came in by an allow-list has none of: ways in that would outlive the list.
   */
  private void addOwn(Handle h, PersonRow person, List<Door> doors) {
    Subject subject = person.subject();
    int passkeys = PasskeyStore.of(h, subject).size();
    doors.add(door(Errand.PASSKEYS, "account.door-passkeys", count(passkeys)));
    if (ground.settings().login().password()) {
      doors.add(
          door(Errand.PASSWORD, "account.door-password", isSet(person.password().isPresent())));
      doors.add(
          door(
              Errand.SECOND_FACTOR,
              "account.door-factor",
              Phrase.of(TotpStore.isOn(h, subject) ? "account.is-on" : "account.is-off")));
    }
  }

  /** Whether a person could sign in without any passkey. */
  boolean hasAnotherThanPasskeys(Handle h, PersonRow person) {
    return hasPassword(person) || !UpstreamStore.of(h, person.subject()).isEmpty();
  }

  /** Whether a person could sign in without any account elsewhere. */
  boolean hasAnotherThanLinks(Handle h, PersonRow person) {
    return hasPassword(person) || !PasskeyStore.of(h, person.subject()).isEmpty();
  }

  private boolean hasPassword(PersonRow person) {
    return ground.settings().login().password() && person.password().isPresent();
  }

  private static Phrase count(int number) {
    return number == 0 ? Phrase.of("account.none") : Phrase.of("account.count", number);
  }

  private static Phrase isSet(boolean set) {
    return Phrase.of(set ? "account.is-set" : "account.is-not-set");
  }

  private static Door door(Errand errand, String name, Phrase state) {
    return new Door(errand.path(), Phrase.of(name), state);
  }
}
