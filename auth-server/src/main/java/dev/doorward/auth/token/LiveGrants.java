package dev.doorward.auth.token;

import dev.doorward.auth.engine.GrantWatch;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Revocations;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.OwnGrantStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.PersonalTokenStore;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.token.AccessToken;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is not revoked, in memory: the grants that exist and what each person may use. A token of
 * anything else counts as revoked, so a forgotten entry refuses rather than allows.
 */
public final class LiveGrants implements Revocations {
  private final Ground ground;
  private final Set<String> grants = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<Subject, PersonRow> people = Map.of();
  private volatile Map<Subject, PersonRow> clients = Map.of();

  /**
   * Held for each change and for telling it, so that a copy sees them in their order. Whoever holds
   * it never waits for the database: those who have its connection wait for this.
   */
  private final ReentrantLock changes = new ReentrantLock();

  private final List<GrantWatch> watches = new ArrayList<>();

  /** Loads everything from the store. */
  public LiveGrants(Ground ground) {
    this.ground = ground;
    grants.addAll(ground.transact(GrantStore::ids));
    grants.addAll(ground.transact(OwnGrantStore::ids));
    loadPeople();
    loadClients();
  }

  @Override
  public boolean isRevoked(AccessToken token) {
    PersonRow person = people.get(token.subject());
    if (person == null) {
      person = clients.get(token.subject());
    }
    return person == null
        || !grants.contains(token.grant())
        || !ground
            .settings()
            .issuer()
            .serviceOf(token.audience())
            .map(person::mayUse)
            .orElse(false);
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void follow(GrantWatch watch) {
    changes.lock();
    try {
      watches.add(watch);
      watch.holders(holders());
      watch.begun(Set.copyOf(grants));
    } finally {
      changes.unlock();
    }
  }

  /** People were added, removed, or may use other services now. */
  public void peopleChanged() {
    loadPeople();
    tell();
  }

  /** Clients were added or removed, and with them these grants. */
  public void clientsChanged(Collection<String> ended) {
    drop(ended);
    loadClients();
    tell();
  }

  /** A grant is about to be committed, or was; nobody can end it before. */
  public void begins(String grant) {
    changes.lock();
    try {
      if (grants.add(grant)) {
        watches.forEach(watch -> watch.begun(Set.of(grant)));
      }
    } finally {
      changes.unlock();
    }
  }

  private void drop(Collection<String> ended) {
    changes.lock();
    try {
      List<String> gone = ended.stream().filter(grants::remove).toList();
      if (!gone.isEmpty()) {
        watches.forEach(watch -> watch.ended(gone));
      }
    } finally {
      changes.unlock();
    }
  }

  /** A grant was ended durably: its tokens are worth nothing, and who holds its streams is told. */
  public void ended(String grant) {
    drop(Set.of(grant));
    tell();
  }

  /** Grants ended by time: their tokens are dead anyway. */
  public void ranOut(Collection<String> ended) {
    drop(ended);
  }

  /**
   * Ends a grant with every token of it, durably, and tells who holds its streams.
   *
   * @param event what the journal calls it
   * @return whether there was such a grant
   */
  public boolean revoke(String grant, String event, Map<String, String> fields) {
    boolean was = end(grant);
    ground.journal().note(event, fields);
    return was;
  }

  /**
   * Ends a grant because somebody used what had been used up before: with an alert, the first time.
   */
  void stolen(String grant, String event, Map<String, String> fields) {
    if (end(grant)) {
      ground.journal().alert(event, fields);
    } else {
      ground.journal().note(event, fields);
    }
  }

  private boolean end(String grant) {
    boolean was =
        ground.transact(h -> GrantStore.delete(h, grant) || OwnGrantStore.delete(h, grant));
    drop(Set.of(grant));
    if (was) {
      tell();
    }
    return was;
  }

  /** Whatever was ended in the store is ended here too. Blocks. */
  public void reload() {
    Set<String> left =
        ground.transact(h ->
            Stream.of(
                    GrantStore.ids(h).stream(),
                    OwnGrantStore.ids(h).stream(),
                    PersonalTokenStore.all(h).stream().map(PersonalTokenStore.PersonalToken::id))
                .flatMap(ids -> ids)
                .collect(Collectors.toSet()));
    drop(grants.stream().filter(grant -> !left.contains(grant)).toList());
    tell();
  }

  private synchronized void loadPeople() {
    Map<Subject, PersonRow> loaded =
        ground.transact(PersonStore::all).stream()
            .collect(Collectors.toUnmodifiableMap(PersonRow::subject, Function.identity()));
    show(() -> people = loaded);
  }

  /** Those that may use something by themselves, as if they were people. */
  private synchronized void loadClients() {
    Map<Subject, PersonRow> loaded =
        ground.transact(ClientStore::withOwnServices).stream()
            .map(OwnAccess::self)
            .collect(Collectors.toUnmodifiableMap(PersonRow::subject, Function.identity()));
    show(() -> clients = loaded);
  }

  private void show(Runnable change) {
    changes.lock();
    try {
      change.run();
      watches.forEach(watch -> watch.holders(holders()));
    } finally {
      changes.unlock();
    }
  }

  private List<GrantWatch.Holder> holders() {
    return Stream.of(people, clients)
        .flatMap(all -> all.values().stream())
        .map(row -> new GrantWatch.Holder(row.subject(), row.owner(), row.services()))
        .toList();
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }

  /** The person with that subject, from memory. */
  public Optional<PersonRow> person(Subject subject) {
    return Optional.ofNullable(people.get(subject));
  }
}
