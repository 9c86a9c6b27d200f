package dev.doorward.auth.edges;

import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.Fingerprint;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The tables of edges and of their invites. */
final class EdgeRows {
  /** An invite without its secret. */
  record InviteRow(String id, SecretHash hash, String edge, Instant expiresAt, boolean used) {}

  private EdgeRows() {}

  static Map<String, EdgeEntry> load(Handle h) {
    Map<String, Set<Fingerprint>> keys = new HashMap<>();
    h.createQuery("select edge, fingerprint from edge_key")
        .map((r, _) -> Map.entry(r.getString(1), new Fingerprint(r.getString(2))))
        .forEach(e -> keys.computeIfAbsent(e.getKey(), _ -> new HashSet<>()).add(e.getValue()));
    Map<String, EdgeEntry> edges = new HashMap<>();
    h.createQuery("select * from edge")
        .map((r, _) ->
            new EdgeEntry(
                r.getString("name"),
                keys.getOrDefault(r.getString("name"), Set.of()),
                Instant.ofEpochMilli(r.getLong("joined_at")),
                Instant.ofEpochMilli(r.getLong("certificate_ends"))))
        .forEach(entry -> edges.put(entry.name(), entry));
    return Map.copyOf(edges);
  }

  static void put(Handle h, EdgeEntry entry) {
    h.createUpdate(
            """
            insert into edge (name, certificate_ends, joined_at) values (:name, :ends, :joined)
            on conflict (name) do update set certificate_ends = excluded.certificate_ends,
              joined_at = excluded.joined_at
            """)
        .bind("name", entry.name())
        .bind("ends", entry.certificateEnds().toEpochMilli())
        .bind("joined", entry.joinedAt().toEpochMilli())
        .execute();
    h.createUpdate("delete from edge_key where edge = :name").bind("name", entry.name()).execute();
    for (Fingerprint key : entry.keys()) {
      h.createUpdate("insert into edge_key values (:name, :key)")
          .bind("name", entry.name())
          .bind("key", key.hex())
          .execute();
    }
  }

  static void delete(Handle h, String name) {
    h.createUpdate("delete from edge where name = :name").bind("name", name).execute();
    h.createUpdate("delete from edge_invite where edge = :name and used_at is null")
        .bind("name", name)
        .execute();
  }

  static void insert(Handle h, InviteRow row, Instant now) {
    h.createUpdate("delete from edge_invite where expires_at < :now")
        .bind("now", now.toEpochMilli())
        .execute();
    h.createUpdate(
            "insert into edge_invite (id, hash, edge, expires_at)"
                + " values (:id, :hash, :edge, :expires)")
        .bind("id", row.id())
        .bind("hash", row.hash().bytes())
        .bind("edge", row.edge())
        .bind("expires", row.expiresAt().toEpochMilli())
        .execute();
  }

  static Optional<InviteRow> find(Handle h, String id) {
    return h.createQuery("select * from edge_invite where id = :id")
        .bind("id", id)
        .map((r, _) ->
            new InviteRow(
                id,
                SecretHash.stored(r.getBytes("hash")),
                r.getString("edge"),
                Instant.ofEpochMilli(r.getLong("expires_at")),
                r.getString("used_at") != null))
        .findOne();
  }

  /** Marks the invite as used; true for exactly one caller, and only before it expires. */
  static boolean use(Handle h, String id, Instant now) {
    return h.createUpdate(
                "update edge_invite set used_at = :now"
                    + " where id = :id and used_at is null and expires_at > :now")
            .bind("id", id)
            .bind("now", now.toEpochMilli())
            .execute()
        == 1;
  }
}
