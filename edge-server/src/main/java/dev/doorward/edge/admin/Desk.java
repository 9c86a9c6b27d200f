package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the operator can do, in the words of the API: texts as they were typed, checked here, and
 * records that are written as JSON. Blocks on storage.
 */
public interface Desk extends AgentsDesk {
  /**
   * An invite.
   *
   * @param command the one line to paste on the private host
   */
  record InviteView(
      String agent, List<String> services, String invite, String command, Instant expiresAt) {}

  /** A person. */
  record PersonView(
      String name,
      String subject,
      boolean owner,
      List<String> services,
      boolean signedUp,
      Instant createdAt) {}

  /** A person and the one-time link with which they choose a password. */
  record SetupView(PersonView person, String setupUrl) {}

  /** An agent of the table. */
  record AgentView(
      String name,
      List<String> mayServe,
      boolean revoked,
      Instant enrolledAt,
      Instant certificateEnds) {}

  /** An invite for an agent; no services means any, and so does an empty network. */
  Outcome<InviteView> invite(String agent, List<String> services, Duration valid, String network);

  /** All people. */
  List<PersonView> people();

  /** Adds a person; the first one is an owner. */
  Outcome<SetupView> addPerson(String name, boolean owner, List<String> services);

  /** Adds a person who has a password already. */
  Outcome<PersonView> addPerson(String name, boolean owner, List<String> services, String password);

  /** A new setup link. */
  Outcome<SetupView> resetPerson(String name);

  /** Replaces the services that a person may use. */
  Outcome<PersonView> allowPerson(String name, List<String> services);

  /** Removes a person. */
  Outcome<PersonView> removePerson(String name);

  /** Takes an agent off the table. */
  Outcome<AgentView> revokeAgent(String name);
}
