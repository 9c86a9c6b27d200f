package dev.doorward.auth.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.fetch.DocumentFetch;
import dev.doorward.auth.fetch.DocumentFetch.Document;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.ClientRow.Origin;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.ClientDocumentsConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which client asks for authorization: one that registered, or one whose identifier is the URL of a
 * document that describes it. The document is fetched when the copy in the storage has run out, so
 * what it took back is never used again; many who wait for the same one share a fetch.
 */
public final class Clients {
  private static final int MOST_FAILURES = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(70);

  /** Keys of clients are looked up again this often, so that a new one works soon. */
  private static final Duration KEYS_LIFE = Duration.ofMinutes(15);

  private static final Problem UNKNOWN =
      new Problem(
          Reason.CLIENT_UNKNOWN,
          "This app is not registered here any more. Remove its stored sign-in, then connect it"
              + " again.");
  private static final Problem NOT_TRUSTED =
      new Problem(
          Reason.CLIENT_NOT_TRUSTED,
          "Whoever runs this server does not let apps of this web site in. Ask them if you need"
              + " it.");
  private static final Problem LIMITED =
      new Problem(
          Reason.CLIENT_LIMIT,
          "Too many apps were looked up for your network. Try again in a few minutes.");

  private final Ground ground;
  private final ClientDocumentsConfig config;
  private final DocumentFetch fetch;
  private final Allowance allowance;
  private final ConcurrentMap<ClientId, CompletableFuture<Outcome<ClientRow>>> running =
      new ConcurrentHashMap<>();
  private final Cache<ClientId, Failure> failures =
      Caffeine.newBuilder().maximumSize(MOST_FAILURES).executor(Runnable::run).build();

  /** What went wrong, and until when it is not tried again. */
  private record Failure(Problem problem, Instant until) {}

  /** Clients in the storage of {@code ground}, their documents by {@code fetch}. */
  public Clients(Ground ground, DocumentFetch fetch) {
    this.ground = ground;
    this.config = ground.settings().clients().documents();
    this.fetch = fetch;
    this.allowance = new Allowance(ground.clock(), config.perHour(), Duration.ofHours(1));
  }

  /** The client that somebody in {@code network} brings, or what to show instead. Blocks. */
  public Outcome<ClientRow> asking(ClientId id, Network network) {
    Optional<ClientRow> known = ground.transact(h -> ClientStore.find(h, id));
    if (!DocumentUrl.isMeant(id) || !config.enabled()) {
      return known
          .filter(row -> !(row.origin() instanceof Origin.Document))
          .map(Outcome::ok)
          .orElseGet(() -> Outcome.failed(UNKNOWN));
    }
    return DocumentUrl.parse(id, ground.settings().issuer())
        .then(url -> {
          if (!isTrusted(url.getHost())) {
            refused(id, network, NOT_TRUSTED);
            return Outcome.failed(NOT_TRUSTED);
          }
          return known
              .filter(row -> isFresh(row, ground.clock().instant()))
              .map(Outcome::ok)
              .orElseGet(() -> renew(id, url, network));
        });
  }

  /**
   * The client of that identifier as it was known when it asked for authorization; where it signs
   * with keys that its document names, as the document says now.
   */
  Outcome<ClientRow> known(ClientId id, Network network) {
    Optional<ClientRow> known = ground.transact(h -> ClientStore.find(h, id));
    if (known.isEmpty()) {
      return Outcome.failed(
          Reason.CLIENT_UNKNOWN, "This client is not registered here; register it again.");
    }
    ClientRow client = known.get();
    boolean signs = client.authMethod() == AuthMethod.ASSERTION;
    return client.origin() instanceof Origin.Document && signs
        ? asking(id, network)
        : Outcome.ok(client);
  }

  /** Whether {@code id} is the URL of a document. */
  public static boolean isDocument(ClientId id) {
    return DocumentUrl.isMeant(id);
  }

  private boolean isTrusted(String host) {
    boolean denied = config.deniedDomains().stream().anyMatch(domain -> domain.covers(host));
    boolean allowed =
        config.allowedDomains().isEmpty()
            || config.allowedDomains().stream().anyMatch(domain -> domain.covers(host));
    return allowed && !denied;
  }

  private static boolean isFresh(ClientRow row, Instant now) {
    return switch (row.origin()) {
      case Origin.Registered _, Origin.Operator _ -> false;
      case Origin.Document(Instant freshUntil) -> freshUntil.isAfter(now);
    };
  }

  private Outcome<ClientRow> renew(ClientId id, URI url, Network network) {
    Instant now = ground.clock().instant();
    Failure failure = failures.getIfPresent(id);
    if (failure != null && failure.until().isAfter(now)) {
      return Outcome.failed(failure.problem());
    }
    var mine = new CompletableFuture<Outcome<ClientRow>>();
    CompletableFuture<Outcome<ClientRow>> first = running.putIfAbsent(id, mine);
    if (first != null) {
      return await(first);
    }
    Outcome<ClientRow> outcome = Outcome.failed(UNKNOWN);
    try {
      outcome =
          allowance.spend(network).isPresent()
              ? Outcome.failed(LIMITED)
              : fetched(id, url, network, now);
      return outcome;
    } finally {
      running.remove(id);
      mine.complete(outcome);
    }
  }

  private Outcome<ClientRow> fetched(ClientId id, URI url, Network network, Instant now) {
    Outcome<ClientRow> outcome =
        fetch
            .get(url)
            .then(document ->
                ClientDocument.parse(document.body(), id, ground.settings().clients().appSchemes())
                    .then(said ->
                        keys(said)
                            .then(keys ->
                                Outcome.ok(
                                    store(id, said, keys, network, until(document, keys, now))))));
    if (outcome instanceof Outcome.Failed<ClientRow>(Problem problem)
        && problem.reason() != Reason.OVERLOADED) {
      failures.put(id, new Failure(problem, now.plus(config.retryAfter())));
      refused(id, network, problem);
    }
    return outcome;
  }

  private static Outcome<ClientRow> await(CompletableFuture<Outcome<ClientRow>> first) {
    try {
      return first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while somebody else fetched", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a fetch has its own, shorter time limit", e);
    }
  }

  /** The keys of the client, fetched where its document only says where they are. */
  private Outcome<Optional<ClientKeys>> keys(ClientDocument said) {
    return switch (said.keys().orElse(null)) {
      case null -> Outcome.ok(Optional.empty());
      case ClientDocument.Keys.Inside(var keys) -> Outcome.ok(Optional.of(keys));
      case ClientDocument.Keys.At(URI url) ->
          fetch
              .get(url)
              .then(
                  document -> ClientKeys.parse(new String(document.body(), StandardCharsets.UTF_8)))
              .then(keys -> Outcome.ok(Optional.of(keys)));
    };
  }

  private Instant until(Document document, Optional<ClientKeys> keys, Instant now) {
    Duration life = document.life().orElse(config.leastLife());
    if (keys.isPresent() && life.compareTo(KEYS_LIFE) > 0) {
      life = KEYS_LIFE;
    }
    if (life.compareTo(config.leastLife()) < 0) {
      life = config.leastLife();
    }
    return now.plus(life.compareTo(config.mostLife()) > 0 ? config.mostLife() : life);
  }

  private ClientRow store(
      ClientId id, ClientDocument said, Optional<ClientKeys> keys, Network network, Instant until) {
    Instant now = ground.clock().instant();
    var fresh =
        new ClientRow(
            id,
            new Origin.Document(until),
            said.name(),
            said.applicationType(),
            keys.isPresent() ? AuthMethod.ASSERTION : AuthMethod.NONE,
            Optional.empty(),
            keys.map(ClientKeys::json),
            said.redirectUris(),
            said.refreshes(),
            network.prefix(),
            now,
            Optional.empty());
    Optional<ClientRow> before =
        ground.transact(h -> {
          Optional<ClientRow> old = ClientStore.find(h, id);
          if (old.isEmpty()) {
            ClientStore.makeRoom(h, ground.settings().clients().registration().unused());
            ClientStore.insert(h, fresh);
          } else {
            ClientStore.replaceDocument(h, fresh);
          }
          return old;
        });
    boolean changed =
        before.isEmpty()
            || !before.get().redirectUris().equals(fresh.redirectUris())
            || !before.get().name().equals(fresh.name());
    if (changed) {
      ground
          .journal()
          .note(
              before.isEmpty() ? "client_document_read" : "client_document_changed",
              Map.of(
                  "client", id.value(),
                  "name", fresh.name(),
                  "redirect", RedirectRule.shown(fresh.redirectUris().getFirst()),
                  "network", network.prefix()));
    }
    return ground.transact(h -> ClientStore.find(h, id)).orElse(fresh);
  }

  private void refused(ClientId id, Network network, Problem problem) {
    ground
        .journal()
        .note(
            "client_refused",
            Map.of(
                "client", id.value(),
                "reason", problem.reason().code(),
                "network", network.prefix()));
  }
}
