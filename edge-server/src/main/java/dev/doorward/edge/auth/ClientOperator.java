package dev.doorward.edge.auth;

import dev.doorward.auth.client.OperatorClients;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.ClientRow.Origin;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.admin.ClientDesk;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operator's side of clients. */
final class ClientOperator implements ClientDesk {
  private final OperatorClients clients;

  ClientOperator(OperatorClients clients) {
    this.clients = clients;
  }

  @Override
  public List<ClientView> clients() {
    return clients.list().stream().map(ClientOperator::view).toList();
  }

  @Override
  public Outcome<ClientView> client(String id) {
    return clients.find(id).then(client -> Outcome.ok(view(client)));
  }

  @Override
  public Outcome<ClientSecret> addClient(Wanted wanted) {
    Optional<AuthMethod> method = AuthMethod.of(wanted.method());
    if (method.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE,
          "A client authenticates by client_secret_basic, client_secret_post, private_key_jwt or"
              + " none.");
    }
    Set<ServiceName> services = new LinkedHashSet<>();
    for (String text : wanted.services()) {
      Optional<ServiceName> service = ServiceName.parse(text);
      if (service.isEmpty()) {
        return Outcome.failed(Reason.USAGE, "One of the services has no name that a service has.");
      }
      services.add(service.get());
    }
    return clients
        .add(
            new OperatorClients.Wanted(
                wanted.name(),
                wanted.redirects(),
                services,
                method.get(),
                Optional.of(wanted.keys()).filter(keys -> !keys.isEmpty()),
                wanted.pushes()))
        .then(added ->
            Outcome.ok(
                new ClientSecret(
                    view(added.client()), added.secret().map(Secret::reveal).orElse(""))));
  }

  @Override
  public Outcome<ClientView> removeClient(String id) {
    return clients.remove(id).then(client -> Outcome.ok(view(client)));
  }

  private static ClientView view(ClientRow client) {
    String origin =
        switch (client.origin()) {
          case Origin.Registered _ -> "registered";
          case Origin.Document _ -> "document";
          case Origin.Operator _ -> "operator";
        };
    return new ClientView(
        client.id().value(),
        client.name(),
        origin,
        client.authMethod().code(),
        client.redirectUris(),
        client.ownServices().stream().map(ServiceName::value).sorted().toList(),
        client.pushes(),
        client.createdAt(),
        client.usedAt().orElse(null));
  }
}
