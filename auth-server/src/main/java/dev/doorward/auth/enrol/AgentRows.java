package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The tables of agents, their keys and the services that they were seen to offer. */
final class AgentRows {
  private AgentRows() {}

  /** Everything, as one snapshot. */
  static AgentSnapshot load(Handle h) {
    Map<AgentId, Set<Fingerprint>> keys = new HashMap<>();
    h.createQuery("select agent, fingerprint from agent_key")
        .map((r, _) -> Map.entry(new AgentId(r.getString(1)), new Fingerprint(r.getString(2))))
        .forEach(e -> keys.computeIfAbsent(e.getKey(), _ -> new HashSet<>()).add(e.getValue()));
    Map<AgentId, Set<ServiceName>> offers = new HashMap<>();
    h.createQuery("select agent, service from agent_service")
        .map((r, _) -> Map.entry(new AgentId(r.getString(1)), new ServiceName(r.getString(2))))
        .forEach(e -> offers.computeIfAbsent(e.getKey(), _ -> new HashSet<>()).add(e.getValue()));
    Map<AgentId, AgentEntry> agents = new HashMap<>();
    h.createQuery("select * from agent")
        .map((r, _) -> {
          AgentId id = new AgentId(r.getString("id"));
          return new AgentEntry(
              id,
              keys.getOrDefault(id, Set.of()),
              ServiceList.read(r.getString("services")),
              r.getBoolean("revoked"),
              Instant.ofEpochMilli(r.getLong("enrolled_at")),
              Instant.ofEpochMilli(r.getLong("certificate_ends")));
        })
        .forEach(entry -> agents.put(entry.id(), entry));
    return AgentSnapshot.of(agents, offers);
  }

  /** Writes an entry with its keys, in place of an older one. */
  static void put(Handle h, AgentEntry entry) {
    h.createUpdate(
            """
            insert into agent (id, services, revoked, enrolled_at, certificate_ends)
            values (:id, :services, :revoked, :enrolled, :ends)
            on conflict (id) do update set services = excluded.services,
              revoked = excluded.revoked, enrolled_at = excluded.enrolled_at,
              certificate_ends = excluded.certificate_ends
            """)
        .bind("id", entry.id().value())
        .bind("services", ServiceList.write(entry.services()))
        .bind("revoked", entry.revoked())
        .bind("enrolled", entry.enrolledAt().toEpochMilli())
        .bind("ends", entry.certificateEnds().toEpochMilli())
        .execute();
    h.createUpdate("delete from agent_key where agent = :id")
        .bind("id", entry.id().value())
        .execute();
    for (Fingerprint key : entry.keys()) {
      h.createUpdate("insert into agent_key values (:id, :key)")
          .bind("id", entry.id().value())
          .bind("key", key.hex())
          .execute();
    }
  }

  /** Remembers one more service. */
  static void offer(Handle h, AgentId agent, ServiceName service) {
    h.createUpdate("insert or ignore into agent_service values (:agent, :service)")
        .bind("agent", agent.value())
        .bind("service", service.value())
        .execute();
  }
}
