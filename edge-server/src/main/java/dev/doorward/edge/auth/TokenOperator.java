package dev.doorward.edge.auth;

import dev.doorward.auth.AuthServer;
import dev.doorward.auth.login.People;
import dev.doorward.auth.store.EnterpriseStore.Identity;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonalTokenStore.PersonalToken;
import dev.doorward.auth.store.ResourceServerStore.ResourceServer;
import dev.doorward.auth.token.TokenKeys;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.admin.TokenDesk;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operator's side of tokens and of the keys that sign them. */
final class TokenOperator implements TokenDesk {
  private static final String OPERATOR = "operator";

  private final AuthServer server;
  private final TokenKeys keys;

  TokenOperator(AuthServer server, TokenKeys keys) {
    this.server = server;
    this.keys = keys;
  }

  @Override
  public List<ResourceServerView> resourceServers() {
    return server.resourceServers().list().stream().map(TokenOperator::view).toList();
  }

  @Override
  public Outcome<ResourceServerSecret> addResourceServer(String name, List<String> services) {
    Set<ServiceName> names = new LinkedHashSet<>();
    for (String text : services) {
      Optional<ServiceName> service = ServiceName.parse(text);
      if (service.isEmpty()) {
        return Outcome.failed(Reason.USAGE, "One of the services has no name that a service has.");
      }
      names.add(service.get());
    }
    return server
        .resourceServers()
        .add(name, names)
        .then(added -> Outcome.ok(new ResourceServerSecret(view(added.server()), added.secret())));
  }

  @Override
  public Outcome<ResourceServerView> removeResourceServer(String name) {
    return server.resourceServers().remove(name).then(gone -> Outcome.ok(view(gone)));
  }

  @Override
  public List<KeyView> keys() {
    return keys.list().stream()
        .map(k -> new KeyView(k.kid(), k.state(), k.signsFrom(), k.signsUntil()))
        .toList();
  }

  @Override
  public List<KeyView> rotateKeys(boolean now) {
    if (now) {
      keys.replace();
    } else {
      keys.rotate();
    }
    return keys();
  }

  @Override
  public List<PersonalTokenView> personalTokens() {
    Map<String, String> names = names();
    return server.personalTokens().all().stream()
        .map(token -> view(token, names.getOrDefault(token.subject().value(), "")))
        .toList();
  }

  @Override
  public Outcome<PersonalTokenSecret> createPersonalToken(
      String person, String service, List<String> scopes, String name, Duration life) {
    Optional<PersonRow> found = server.person(person);
    Optional<ServiceName> what = ServiceName.parse(service);
    if (found.isEmpty()) {
      return Outcome.failed(
          Reason.PERSON_UNKNOWN,
          "There is no person of that name; list them with: doorward people list");
    }
    if (what.isEmpty()) {
      return Outcome.failed(Reason.USAGE, "Say with --service which service the token is for.");
    }
    var tokens = server.personalTokens();
    return tokens
        .create(
            tokens.newId(), found.get(), what.get(), String.join(" ", scopes), name, life, OPERATOR)
        .then(created ->
            Outcome.ok(
                new PersonalTokenSecret(
                    view(created.token(), found.get().name()), created.text().reveal())));
  }

  @Override
  public Outcome<PersonalTokenView> revokePersonalToken(String id) {
    return server
        .personalTokens()
        .revoke(id, Optional.empty(), OPERATOR)
        .map(token -> Outcome.ok(view(token, "")))
        .orElseGet(() ->
            Outcome.failed(
                Reason.PERSONAL_TOKEN_UNKNOWN,
                "There is no such token; list them with: doorward tokens list"));
  }

  @Override
  public List<EnterpriseView> enterprise() {
    Map<String, String> names = names();
    return server.enterprise().list().stream().map(i -> view(i, names)).toList();
  }

  @Override
  public Outcome<EnterpriseView> link(String person, String issuer, String sub) {
    return server
        .enterprise()
        .link(issuer, sub, person)
        .then(identity -> Outcome.ok(view(identity, names())));
  }

  @Override
  public Outcome<EnterpriseView> unlink(String issuer, String sub) {
    return server
        .enterprise()
        .unlink(issuer, sub)
        .then(identity -> Outcome.ok(view(identity, names())));
  }

  private Map<String, String> names() {
    return server.people().list().stream()
        .collect(Collectors.toMap(p -> p.subject().value(), People.Person::name));
  }

  private static EnterpriseView view(Identity identity, Map<String, String> names) {
    return new EnterpriseView(
        names.getOrDefault(identity.subject().value(), ""), identity.issuer(), identity.name());
  }

  @Override
  public ClockView clock() {
    return new ClockView(server.clockBehind().toSeconds());
  }

  @Override
  public ClockView acceptClock() {
    return new ClockView(server.acceptClock().toSeconds());
  }

  private static ResourceServerView view(ResourceServer server) {
    return new ResourceServerView(
        server.name(),
        server.id(),
        server.services().stream().map(ServiceName::value).sorted().toList(),
        server.createdAt());
  }

  private PersonalTokenView view(PersonalToken token, String person) {
    return new PersonalTokenView(
        token.id(),
        person,
        token.name(),
        server
            .issuer()
            .serviceOf(token.resource())
            .map(ServiceName::value)
            .orElse(token.resource().value()),
        token.createdAt(),
        token.expiresAt(),
        token.usedAt().orElse(null));
  }
}
