package dev.doorward.auth.token;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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

  /** People were added, removed, or may use other services now. */
  public void peopleChanged() {
    loadPeople();
    tell();
  }

  /** Clients were added or removed, and with them these grants. */
  public void clientsChanged(Collection<String> ended) {
    grants.removeAll(ended);
    loadClients();
    tell();
  }

  /** A grant is about to be committed, or was; nobody can end it before. */
  public void begins(String grant) {
    grants.add(grant);
  }

  /** A grant was ended durably: its tokens are worth nothing, and who holds its streams is told. */
  public void ended(String grant) {
    grants.remove(grant);
    tell();
  }

  /** Grants ended by time: their tokens are dead anyway. */
  public void ranOut(Collection<String> ended) {
    grants.removeAll(ended);
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
    grants.remove(grant);
    if (was) {
      tell();
    }
    return was;
  }

  /** Whatever was ended in the store is ended here too. Blocks. */
  public void reload() {
    grants.retainAll(
        ground.transact(h ->
            Stream.of(
                    GrantStore.ids(h).stream(),
                    OwnGrantStore.ids(h).stream(),
                    PersonalTokenStore.all(h).stream().map(PersonalTokenStore.PersonalToken::id))
                .flatMap(ids -> ids)
                .collect(Collectors.toSet())));
    tell();
  }

  private synchronized void loadPeople() {
    people =
        ground.transact(PersonStore::all).stream()
            .collect(Collectors.toUnmodifiableMap(PersonRow::subject, Function.identity()));
  }

  /** Those that may use something by themselves, as if they were people. */
  private synchronized void loadClients() {
    clients =
        ground.transact(ClientStore::withOwnServices).stream()
            .map(OwnAccess::self)
            .collect(Collectors.toUnmodifiableMap(PersonRow::subject, Function.identity()));
  }

  private void tell() {
    listeners.forEach(Runnable::run);
  }

  /** The person with that subject, from memory. */
  public Optional<PersonRow> person(Subject subject) {
    return Optional.ofNullable(people.get(subject));
  }
}
