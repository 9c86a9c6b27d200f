package dev.doorward.auth.login;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.page.Language;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.Words;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/** {@link People} over the store. What cannot be recorded in the journal is not done. */
public final class PeopleDesk implements People {
  private static final Duration LINK_LIFE = Duration.ofHours(1);

  private final Ground ground;
  private final PasswordHasher hasher;
  private final PasswordRules rules;
  private final Runnable changed;

  /**
   * The desk.
   *
   * @param changed called after each change to who may use what
   */
  public PeopleDesk(Ground ground, PasswordHasher hasher, PasswordRules rules, Runnable changed) {
    this.ground = ground;
    this.hasher = hasher;
    this.rules = rules;
    this.changed = changed;
  }

  @Override
  public List<Person> list() {
    return ground.transact(h -> PersonStore.all(h).stream().map(PeopleDesk::shown).toList());
  }

  @Override
  public Outcome<Invited> add(String name, boolean owner, Set<ServiceName> services) {
    return change(h ->
        insert(h, name, owner, services, Optional.empty())
            .then(person -> Outcome.ok(new Invited(shown(person), link(h, person)))));
  }

  @Override
  public Outcome<Person> addWithPassword(
      String name, boolean owner, Set<ServiceName> services, String typed) {
    String password = PasswordRules.normalise(typed);
    Optional<Phrase> wrong = rules.problem(password, PersonNames.normalise(name));
    if (wrong.isPresent()) {
      return Outcome.failed(Reason.PASSWORD_REFUSED, Words.in(Language.ENGLISH).text(wrong.get()));
    }
    return hasher
        .hash(password)
        .then(phc ->
            change(h ->
                insert(h, name, owner, services, Optional.of(phc))
                    .then(person -> Outcome.ok(shown(person)))));
  }

  @Override
  public Outcome<Invited> resetLink(String name) {
    return change(h ->
        existing(h, name)
            .then(person -> {
              var invited = new Invited(shown(person), link(h, person));
              note("setup_link_made", person, Set.of());
              return Outcome.ok(invited);
            }));
  }

  @Override
  public Outcome<Person> allow(String name, Set<ServiceName> services) {
    return change(h ->
        existing(h, name)
            .then(person -> {
              PersonStore.setServices(h, person.subject(), services);
              note("person_allowed", person, services);
              return existing(h, name).then(p -> Outcome.ok(shown(p)));
            }));
  }

  @Override
  public Outcome<Person> remove(String name) {
    return change(h ->
        existing(h, name)
            .then(person -> {
              PersonStore.delete(h, person.subject());
              note("person_removed", person, Set.of());
              return Outcome.ok(shown(person));
            }));
  }

  private <T> Outcome<T> change(HandleCallback<Outcome<T>, RuntimeException> work) {
    Outcome<T> outcome;
    try {
      outcome = ground.transact(work);
    } catch (Journal.Unavailable e) {
      return Outcome.failed(
          Reason.AUDIT_UNAVAILABLE, "Nothing was changed: the audit log cannot be written.");
    }
    changed.run();
    return outcome;
  }

  private Outcome<PersonRow> insert(
      Handle h, String typed, boolean owner, Set<ServiceName> services, Optional<String> password) {
    String name = PersonNames.normalise(typed);
    if (!PersonNames.isName(name)) {
      return Outcome.failed(
          Reason.PERSON_NAME_REFUSED,
          "A name has 1 to 64 characters of a-z, 0-9 and . _ @ + -, and starts with a letter or a"
              + " digit.");
    }
    if (PersonStore.named(h, name).isPresent()) {
      return Outcome.failed(Reason.PERSON_EXISTS, "There is a person with this name already.");
    }
    boolean first = PersonStore.all(h).stream().noneMatch(PersonRow::owner);
    var person =
        new PersonRow(
            new Subject(ground.mint().id("p_")),
            name,
            owner || first,
            services,
            password,
            ground.clock().instant());
    PersonStore.insert(h, person);
    note("person_added", person, services);
    return Outcome.ok(person);
  }

  private String link(Handle h, PersonRow person) {
    Mint.Minted code = ground.mint().secret("dwl_");
    Instant ends = ground.clock().instant().plus(LINK_LIFE);
    PersonStore.setLink(h, person.subject(), code.hash(), ends);
    return ground.settings().issuer().value() + SetupEndpoint.PATH + "?code=" + code.reveal();
  }

  private void note(String event, PersonRow person, Set<ServiceName> services) {
    ground
        .journal()
        .note(
            event,
            Map.of(
                "subject", person.subject().value(),
                "person", person.name(),
                "owner", Boolean.toString(person.owner()),
                "services",
                    services.stream()
                        .map(ServiceName::value)
                        .sorted()
                        .collect(Collectors.joining(","))));
  }

  private static Outcome<PersonRow> existing(Handle h, String name) {
    return PersonStore.named(h, PersonNames.normalise(name))
        .<Outcome<PersonRow>>map(Outcome::ok)
        .orElseGet(
            () -> Outcome.failed(Reason.PERSON_UNKNOWN, "There is no person with this name."));
  }

  private static Person shown(PersonRow row) {
    return new Person(
        row.subject(),
        row.name(),
        row.owner(),
        row.services(),
        row.password().isPresent(),
        row.createdAt());
  }
}
