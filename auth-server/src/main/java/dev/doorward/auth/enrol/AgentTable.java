package dev.doorward.auth.enrol;

import dev.doorward.auth.store.Database;
import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of agents in the database, read through a snapshot in memory. */
public final class AgentTable implements AgentDirectory {
  /** Most services that are remembered of one agent; more are not taken in. */
  static final int MAX_SERVICES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(AgentTable.class);

  private final Database database;
  private final AuditSink audit;
  private final InstantSource clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock changes = new ReentrantLock();
  private volatile AgentSnapshot snapshot;

  /** Reads the table; blocks. */
  public AgentTable(Database database, AuditSink audit, InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    this.snapshot = database.jdbi().inTransaction(AgentRows::load);
  }

  @Override
  public Optional<AgentEntry> find(AgentId id) {
    return Optional.ofNullable(snapshot.agents().get(id));
  }

  @Override
  public List<AgentEntry> list() {
    return snapshot.agents().values().stream()
        .sorted(Comparator.comparing(entry -> entry.id().value()))
        .toList();
  }

  @Override
  public boolean knows(ServiceName service) {
    return snapshot.services().contains(service);
  }

  @Override
  public Set<ServiceName> services() {
    return snapshot.services();
  }

  @Override
  public void offered(AgentId id, Set<ServiceName> services) {
    if (unseen(id, services).isEmpty()) {
      return;
    }
    change(h -> {
      List<ServiceName> unseen = unseen(id, services);
      int room = MAX_SERVICES - snapshot.offers().getOrDefault(id, Set.of()).size();
      if (unseen.size() > room) {
        LOG.atWarn()
            .addKeyValue("event", "agent_services_not_remembered")
            .addKeyValue("agent", id)
            .addKeyValue("bound", MAX_SERVICES)
            .log("an agent offers more services than are remembered of one");
      }
      unseen.stream().limit(room).forEach(service -> AgentRows.offer(h, id, service));
      return true;
    });
  }

  /** What the agent may offer of {@code services} and was not seen to offer before, sorted. */
  private List<ServiceName> unseen(AgentId id, Set<ServiceName> services) {
    AgentSnapshot now = snapshot;
    AgentEntry entry = now.agents().get(id);
    if (entry == null || entry.revoked()) {
      return List.of();
    }
    Set<ServiceName> seen = now.offers().getOrDefault(id, Set.of());
    return services.stream()
        .filter(s -> entry.services().isEmpty() || entry.services().contains(s))
        .filter(s -> !seen.contains(s))
        .sorted(Comparator.comparing(ServiceName::value))
        .toList();
  }

  @Override
  public Outcome<AgentEntry> revoke(AgentId id) {
    Outcome<AgentEntry> outcome =
        change(h -> {
          AgentEntry entry = snapshot.agents().get(id);
          if (entry == null) {
            return Outcome.failed(
                Reason.AGENT_UNKNOWN,
                "There is no agent of that name; list them with: doorward agents list");
          }
          AgentEntry revoked =
              new AgentEntry(
                  id,
                  Set.of(),
                  entry.services(),
                  true,
                  entry.enrolledAt(),
                  entry.certificateEnds());
          AgentRows.put(h, revoked);
          // An invite that is still out must not undo this.
          InviteRows.cancel(h, id);
          return Outcome.ok(revoked);
        });
    if (outcome instanceof Outcome.Ok<AgentEntry>) {
      var _ =
          audit.append(
              new AuditEvent.Noted(clock.instant(), "agent_revoked", Map.of("agent", id.value())));
      LOG.atInfo()
          .addKeyValue("event", "agent_revoked")
          .addKeyValue("agent", id)
          .log("an agent was taken off the table");
    }
    return outcome;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Runs {@code work} in a transaction and then shows its result to everybody. One change at a
   * time, so that no older snapshot follows a newer one.
   */
  <T> T change(Function<Handle, T> work) {
    T result;
    changes.lock();
    try {
      record Changed<T>(T result, AgentSnapshot snapshot) {}
      Changed<T> changed =
          database.jdbi().inTransaction(h -> new Changed<>(work.apply(h), AgentRows.load(h)));
      snapshot = changed.snapshot();
      result = changed.result();
    } finally {
      changes.unlock();
    }
    listeners.forEach(Runnable::run);
    return result;
  }
}
