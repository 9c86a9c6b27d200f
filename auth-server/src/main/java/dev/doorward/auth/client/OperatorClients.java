package dev.doorward.auth.client;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.ClientRow.Origin;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.OwnGrantStore;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The operator's view of clients: all of them, whichever way they came, and those that the operator
 * adds with a secret or a key. Blocks on storage.
 */
public final class OperatorClients {
  private static final int MOST = 1_000;
  private static final int MOST_REDIRECTS = 10;

  private final Ground ground;
  private final Consumer<List<String>> changed;

  /**
   * A client to be.
   *
   * @param redirects where answers may go; none where nobody signs in through it
   * @param services what it may use by itself; none where it only acts for people
   * @param keys JWK set, for {@link AuthMethod#ASSERTION} only
   * @param pushes whether its authorization requests must be pushed
   */
  public record Wanted(
      String name,
      List<String> redirects,
      Set<ServiceName> services,
      AuthMethod method,
      Optional<String> keys,
      boolean pushes) {}

  /** A client that was added, with its secret where it has one; it is shown this once. */
  public record Added(ClientRow client, Optional<Secret> secret) {}

  /**
   * Clients in the storage of {@code ground}.
   *
   * @param changed called after each change with the grants that it ended
   */
  public OperatorClients(Ground ground, Consumer<List<String>> changed) {
    this.ground = ground;
    this.changed = changed;
  }

  /** All clients, newest first. */
  public List<ClientRow> list() {
    return ground.transact(ClientStore::all);
  }

  /** One client. */
  public Outcome<ClientRow> find(String id) {
    return ClientId.isValid(id)
        ? ground
            .transact(h -> ClientStore.find(h, new ClientId(id)))
            .<Outcome<ClientRow>>map(Outcome::ok)
            .orElseGet(OperatorClients::unknown)
        : unknown();
  }

  /** Adds a client; what it authenticates with is made here, or its public keys are given. */
  public Outcome<Added> add(Wanted wanted) {
    Optional<Problem> wrong = wrong(wanted);
    if (wrong.isPresent()) {
      return Outcome.failed(wrong.get());
    }
    return wanted
        .keys()
        .map(ClientKeys::parse)
        .map(keys -> keys.then(k -> Outcome.ok(Optional.of(k.json()))))
        .orElseGet(() -> Outcome.ok(Optional.empty()))
        .then(keys -> insert(wanted, keys));
  }

  /** Removes a client of whatever kind, with every grant and token; effective at once. */
  public Outcome<ClientRow> remove(String id) {
    return find(id)
        .then(client -> {
          List<String> ended;
          try {
            ended =
                ground.transact(h -> {
                  List<String> grants = new ArrayList<>(GrantStore.idsOf(h, client.id()));
                  grants.addAll(OwnGrantStore.idsOf(h, client.id()));
                  ClientStore.delete(h, client.id());
                  note("client_removed", client);
                  return grants;
                });
          } catch (Journal.Unavailable e) {
            return unrecorded();
          }
          changed.accept(ended);
          return Outcome.ok(client);
        });
  }

  private Optional<Problem> wrong(Wanted wanted) {
    if (ClientName.clean(wanted.name(), "").isEmpty()) {
      return usage("A client needs a name that people recognise.");
    }
    if (wanted.redirects().isEmpty() && wanted.services().isEmpty()) {
      return usage(
          "Say with --redirect where answers for people go, or with --services what the client may"
              + " use by itself, or both.");
    }
    if (wanted.method() == AuthMethod.NONE && !wanted.services().isEmpty()) {
      return usage("A client that may use services by itself needs a secret or a key.");
    }
    if ((wanted.method() == AuthMethod.ASSERTION) != wanted.keys().isPresent()) {
      return usage(
          "private_key_jwt needs --keys with the client's public keys, nothing else does.");
    }
    if (wanted.redirects().size() > MOST_REDIRECTS) {
      return usage("A client has at most " + MOST_REDIRECTS + " redirect URIs.");
    }
    for (String uri : wanted.redirects()) {
      if (RedirectRule.register(uri, ground.settings().clients().appSchemes())
          instanceof Outcome.Failed<String>(var problem)) {
        return Optional.of(problem);
      }
    }
    return ground.<Integer, RuntimeException>transact(ClientStore::countAdded) >= MOST
        ? Optional.of(
            new Problem(
                Reason.CLIENT_LIMIT,
                "There are 1000 clients that you added; remove one with: doorward clients remove"))
        : Optional.empty();
  }

  private Outcome<Added> insert(Wanted wanted, Optional<String> keys) {
    Instant now = ground.clock().instant();
    boolean hasSecret = wanted.method() == AuthMethod.BASIC || wanted.method() == AuthMethod.POST;
    Mint.Minted secret = ground.mint().secret("dwk_");
    boolean local = wanted.redirects().stream().anyMatch(RedirectRule::isLocal);
    var client =
        new ClientRow(
            new ClientId(ground.mint().id("app_")),
            new Origin.Operator(wanted.services(), wanted.pushes()),
            ClientName.clean(wanted.name(), ""),
            local ? "native" : "web",
            wanted.method(),
            hasSecret ? Optional.of(secret.hash()) : Optional.empty(),
            keys,
            wanted.redirects(),
            true,
            "operator",
            now,
            Optional.of(now));
    try {
      ground.change(h -> {
        ClientStore.insert(h, client);
        note("client_added", client);
      });
    } catch (Journal.Unavailable e) {
      return unrecorded();
    }
    changed.accept(List.of());
    return Outcome.ok(
        new Added(client, hasSecret ? Optional.of(secret.secret()) : Optional.empty()));
  }

  private void note(String event, ClientRow client) {
    ground
        .journal()
        .note(
            event,
            Map.of(
                "client", client.id().value(),
                "name", client.name(),
                "method", client.authMethod().code(),
                "services",
                    client.ownServices().stream()
                        .map(ServiceName::value)
                        .sorted()
                        .collect(Collectors.joining(","))));
  }

  private static Optional<Problem> usage(String text) {
    return Optional.of(new Problem(Reason.USAGE, text));
  }

  private static <T> Outcome<T> unrecorded() {
    return Outcome.failed(
        Reason.AUDIT_UNAVAILABLE, "Nothing was changed: the audit log cannot be written.");
  }

  private static Outcome<ClientRow> unknown() {
    return Outcome.failed(
        Reason.CLIENT_UNKNOWN, "There is no such client; list them with: doorward clients list");
  }
}
