package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables of passkeys, of the handles of people, and of answered challenges. */
public final class PasskeyStore {
  /**
   * A passkey.
   *
   * @param credential the authenticator's own identifier
   * @param id names it on pages
   * @param key AAGUID, credential and COSE key as WebAuthn writes them
   * @param alarmedAt when its signature counter stepped back: it may have been copied
   */
  public record Passkey(
      byte[] credential,
      String id,
      Subject subject,
      String name,
      byte[] key,
      long signCount,
      boolean backupEligible,
      boolean backedUp,
      Instant createdAt,
      Optional<Instant> usedAt,
      Optional<Instant> alarmedAt) {}

  private PasskeyStore() {}

  /** The handle of a person; {@code fresh} becomes it where there is none. */
  public static byte[] handle(Handle h, Subject subject, byte[] fresh) {
    h.createUpdate("insert into person_handle values (:s, :h) on conflict do nothing")
        .bind("s", subject.value())
        .bind("h", fresh)
        .execute();
    return h.createQuery("select handle from person_handle where subject = :s")
        .bind("s", subject.value())
        .mapTo(byte[].class)
        .one();
  }

  /** Whether there is any passkey at all. */
  public static boolean any(Handle h) {
    return h.createQuery("select exists (select 1 from passkey)").mapTo(Boolean.class).one();
  }

  /** A person's passkeys, the oldest first. */
  public static List<Passkey> of(Handle h, Subject subject) {
    return h.createQuery("select * from passkey where subject = :s order by created_at, id")
        .bind("s", subject.value())
        .map((row, _) -> passkey(row))
        .list();
  }

  /** The passkey with that credential identifier. */
  public static Optional<Passkey> find(Handle h, byte[] credential) {
    return h.createQuery("select * from passkey where credential = :c")
        .bind("c", credential)
        .map((row, _) -> passkey(row))
        .findOne();
  }

  /** Adds a passkey; false where there is one with that credential identifier. */
  public static boolean insert(Handle h, Passkey passkey) {
    return h.createUpdate(
                """
                insert into passkey values (:credential, :id, :subject, :name, :key, :count,
                  :eligible, :backed, :created, null, null) on conflict do nothing
                """)
            .bind("credential", passkey.credential())
            .bind("id", passkey.id())
            .bind("subject", passkey.subject().value())
            .bind("name", passkey.name())
            .bind("key", passkey.key())
            .bind("count", passkey.signCount())
            .bind("eligible", passkey.backupEligible())
            .bind("backed", passkey.backedUp())
            .bind("created", passkey.createdAt().toEpochMilli())
            .execute()
        == 1;
  }

  /** Notes a use; false where somebody else used it with that counter or a later one meanwhile. */
  public static boolean used(
      Handle h, byte[] credential, long before, long signCount, boolean backedUp, Instant now) {
    return h.createUpdate(
                """
                update passkey set sign_count = :count, backed_up = :backed, used_at = :now
                where credential = :c and sign_count = :before
                """)
            .bind("c", credential)
            .bind("before", before)
            .bind("count", signCount)
            .bind("backed", backedUp)
            .bind("now", now.toEpochMilli())
            .execute()
        == 1;
  }

  /** Notes that the signature counter stepped back. */
  public static void alarm(Handle h, byte[] credential, Instant now) {
    h.createUpdate("update passkey set alarmed_at = :now where credential = :c")
        .bind("now", now.toEpochMilli())
        .bind("c", credential)
        .execute();
  }

  /** Removes a person's passkey; whether there was one. */
  public static boolean delete(Handle h, Subject subject, String id) {
    return h.createUpdate("delete from passkey where subject = :s and id = :id")
            .bind("s", subject.value())
            .bind("id", id)
            .execute()
        == 1;
  }

  /** Uses a challenge up; true for exactly one of those who try. */
  public static boolean useChallenge(Handle h, SecretHash challenge, Instant expiresAt) {
    return h.createUpdate("insert into used_challenge values (:h, :t) on conflict do nothing")
            .bind("h", challenge.bytes())
            .bind("t", expiresAt.toEpochMilli())
            .execute()
        == 1;
  }

  private static Passkey passkey(ResultSet row) throws SQLException {
    return new Passkey(
        row.getBytes("credential"),
        row.getString("id"),
        new Subject(row.getString("subject")),
        row.getString("name"),
        row.getBytes("key"),
        row.getLong("sign_count"),
        row.getBoolean("backup_eligible"),
        row.getBoolean("backed_up"),
        Columns.instant(row, "created_at"),
        Columns.optionalInstant(row, "used_at"),
        Columns.optionalInstant(row, "alarmed_at"));
  }
}
