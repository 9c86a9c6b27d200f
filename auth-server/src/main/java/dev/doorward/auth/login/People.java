package dev.doorward.auth.login;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The operator's view of people: what {@code doorward people} and the console do. Blocks on
 * storage.
 */
public interface People {
  /**
   * A person as shown to the operator.
   *
   * @param owner may use every service and administer
   * @param services what a person who is no owner may use
   * @param signedUp whether a password was set through the setup link
   */
  record Person(
      Subject subject,
      String name,
      boolean owner,
      Set<ServiceName> services,
      boolean signedUp,
      Instant createdAt) {}

  /** A person to be, and the one-time link (1 hour) with which they set their password. */
  record Invited(Person person, String setupUrl) {}

  /** All people by name. */
  List<Person> list();

  /** Adds a person; the first one ever is an owner. Fails with {@code person_exists}. */
  Outcome<Invited> add(String name, boolean owner, Set<ServiceName> services);

  /**
   * Adds a person who has a password already: the demo and restores. The password obeys the same
   * rules as one that is typed.
   */
  Outcome<Person> addWithPassword(
      String name, boolean owner, Set<ServiceName> services, String password);

  /** A new setup link for a person; their old password stays valid until the link is used. */
  Outcome<Invited> resetLink(String name);

  /** Replaces the services that a person may use; takes effect on open streams at once. */
  Outcome<Person> allow(String name, Set<ServiceName> services);

  /** Removes a person, with every session, grant and token. */
  Outcome<Person> remove(String name);
}
