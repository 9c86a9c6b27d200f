package dev.doorward.edge.auth;

import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.AgentEntry;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.enrol.SourceNetwork;
import dev.doorward.auth.login.People;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.admin.Desk;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operator's side of the authorization server. */
public final class OperatorDesk implements Desk {
  private final People people;
  private final AgentDirectory agents;
  private final Enrolment enrolment;

  OperatorDesk(People people, AgentDirectory agents, Enrolment enrolment) {
    this.people = people;
    this.agents = agents;
    this.enrolment = enrolment;
  }

  @Override
  public Outcome<InviteView> invite(
      String agent, List<String> services, Duration valid, String network) {
    if (!AgentId.isValid(agent)) {
      return Outcome.failed(
          Reason.USAGE,
          "An agent's name has 1 to 32 characters of a-z, 0-9 and -, and no - at its ends.");
    }
    Optional<SourceNetwork> from = SourceNetwork.parse(network);
    if (from.isEmpty() && !network.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE,
          "A network is written like 203.0.113.0/24 or 2001:db8::/32, with nothing behind its"
              + " bits; a single address counts too.");
    }
    return names(services)
        .then(set -> enrolment.invite(new AgentId(agent), set, valid, from))
        .then(invited -> {
          String text = invited.invite().encode();
          return Outcome.ok(
              new InviteView(
                  agent,
                  List.copyOf(services),
                  text,
                  "doorward agent join " + text,
                  invited.expiresAt()));
        });
  }

  @Override
  public List<PersonView> people() {
    return people.list().stream().map(OperatorDesk::view).toList();
  }

  @Override
  public Outcome<SetupView> addPerson(String name, boolean owner, List<String> services) {
    return names(services)
        .then(set -> people.add(name, owner, set))
        .then(invited -> Outcome.ok(view(invited)));
  }

  @Override
  public Outcome<PersonView> addPerson(
      String name, boolean owner, List<String> services, String password) {
    return names(services)
        .then(set -> people.addWithPassword(name, owner, set, password))
        .then(person -> Outcome.ok(view(person)));
  }

  @Override
  public Outcome<SetupView> resetPerson(String name) {
    return people.resetLink(name).then(invited -> Outcome.ok(view(invited)));
  }

  @Override
  public Outcome<PersonView> allowPerson(String name, List<String> services) {
    return names(services)
        .then(set -> people.allow(name, set))
        .then(person -> Outcome.ok(view(person)));
  }

  @Override
  public Outcome<PersonView> removePerson(String name) {
    return people.remove(name).then(person -> Outcome.ok(view(person)));
  }

  @Override
  public List<AgentView> agents() {
    return agents.list().stream().map(OperatorDesk::view).toList();
  }

  @Override
  public Outcome<AgentView> revokeAgent(String name) {
    if (!AgentId.isValid(name)) {
      return Outcome.failed(
          Reason.AGENT_UNKNOWN,
          "There is no agent of that name; list them with: doorward agents list");
    }
    return agents.revoke(new AgentId(name)).then(entry -> Outcome.ok(view(entry)));
  }

  @Override
  public List<String> services() {
    return sorted(agents.services());
  }

  private static Outcome<Set<ServiceName>> names(List<String> texts) {
    var names = new LinkedHashSet<ServiceName>();
    for (String text : texts) {
      Optional<ServiceName> name = ServiceName.parse(text);
      if (name.isEmpty()) {
        return Outcome.failed(
            Reason.USAGE,
            "A service's name has 1 to 32 characters of a-z, 0-9 and -, starts with a letter, and"
                + " is not one of the reserved words.");
      }
      names.add(name.get());
    }
    return Outcome.ok(names);
  }

  private static PersonView view(People.Person person) {
    return new PersonView(
        person.name(),
        person.subject().value(),
        person.owner(),
        sorted(person.services()),
        person.signedUp(),
        person.createdAt());
  }

  private static SetupView view(People.Invited invited) {
    return new SetupView(view(invited.person()), invited.setupUrl());
  }

  /** An entry as the operator sees it. */
  public static AgentView view(AgentEntry entry) {
    return new AgentView(
        entry.id().value(),
        sorted(entry.services()),
        entry.revoked(),
        entry.enrolledAt(),
        entry.certificateEnds());
  }

  /** Names in order. */
  public static List<String> sorted(Collection<ServiceName> names) {
    return names.stream().map(ServiceName::value).sorted().toList();
  }
}
