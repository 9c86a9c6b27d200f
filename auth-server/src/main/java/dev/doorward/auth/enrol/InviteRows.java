package dev.doorward.auth.enrol;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of invites. */
final class InviteRows {
  /**
   * An invite without its secret.
   *
   * @param used whether it was used
   * @param from the network that it is for; empty means any
   */
  record Row(
      String id,
      byte[] hash,
      AgentId agent,
      Set<ServiceName> services,
      Instant expiresAt,
      boolean used,
      Optional<SourceNetwork> from) {
    /** Whether a machine at {@code address} may use it. */
    boolean isFor(InetAddress address) {
      return from.isEmpty() || from.get().contains(address);
    }

    /** Whether {@code secret} is this invite's; the time taken does not depend on it. */
    boolean hasSecret(Secret secret) {
      return MessageDigest.isEqual(hash, hashOf(secret));
    }
  }

  private InviteRows() {}

  static byte[] hashOf(Secret secret) {
    return Fingerprint.of(secret.reveal().getBytes(StandardCharsets.UTF_8)).bytes();
  }

  static void insert(Handle h, Row row, Instant now) {
    h.createUpdate(
            """
            insert into invite (id, hash, agent, services, created_at, expires_at, network)
            values (:id, :hash, :agent, :services, :now, :expires, :network)
            """)
        .bind("id", row.id())
        .bind("hash", row.hash())
        .bind("agent", row.agent().value())
        .bind("services", ServiceList.write(row.services()))
        .bind("now", now.toEpochMilli())
        .bind("expires", row.expiresAt().toEpochMilli())
        .bind("network", row.from().map(SourceNetwork::toString).orElse(null))
        .execute();
  }

  static Optional<Row> find(Handle h, String id) {
    return h.createQuery("select * from invite where id = :id")
        .bind("id", id)
        .map((r, _) ->
            new Row(
                id,
                r.getBytes("hash"),
                new AgentId(r.getString("agent")),
                ServiceList.read(r.getString("services")),
                Instant.ofEpochMilli(r.getLong("expires_at")),
                r.getString("used_at") != null,
                network(r.getString("network"))))
        .findOne();
  }

  private static Optional<SourceNetwork> network(@Nullable String text) {
    return text == null
        ? Optional.empty()
        : Optional.of(
            SourceNetwork.parse(text)
                .orElseThrow(() -> new IllegalStateException("no network: " + text)));
  }

  /** Marks the invite as used; true for exactly one caller, and only before it expires. */
  static boolean use(Handle h, String id, Instant now) {
    return h.createUpdate(
                """
                update invite set used_at = :now
                where id = :id and used_at is null and expires_at > :now
                """)
            .bind("id", id)
            .bind("now", now.toEpochMilli())
            .execute()
        == 1;
  }

  /** Takes back what was not used yet for that agent. */
  static void cancel(Handle h, AgentId agent) {
    h.createUpdate("delete from invite where agent = :agent and used_at is null")
        .bind("agent", agent.value())
        .execute();
  }

  /** Forgets invites that ended before {@code before}, used or not. */
  static void forget(Handle h, Instant before) {
    h.createUpdate("delete from invite where expires_at < :before")
        .bind("before", before.toEpochMilli())
        .execute();
  }
}
