package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables of sign-in sessions and of the browsers that are known from earlier sign-ins. */
public final class SessionStore {
  /**
   * A sign-in session.
   *
   * @param id names it on pages
   * @param method how the person signed in
   * @param browser what the browser calls itself, in short; or empty
   * @param network prefix of the address at sign-in
   */
  public record Session(
      SecretHash hash,
      String id,
      Subject subject,
      String method,
      String browser,
      String network,
      Instant createdAt,
      Instant seenAt) {}

  private static final int DEVICES_PER_PERSON = 20;

  private SessionStore() {}

  /** Adds a session. */
  public static void insert(Handle h, Session session) {
    h.createUpdate(
            """
            insert into session values (:hash, :id, :subject, :method, :browser, :network,
              :created, :seen)
            """)
        .bind("hash", session.hash().bytes())
        .bind("id", session.id())
        .bind("subject", session.subject().value())
        .bind("method", session.method())
        .bind("browser", session.browser())
        .bind("network", session.network())
        .bind("created", session.createdAt().toEpochMilli())
        .bind("seen", session.seenAt().toEpochMilli())
        .execute();
  }

  /** The session with that hash, ended or not. */
  public static Optional<Session> find(Handle h, SecretHash hash) {
    return h.createQuery("select * from session where hash = :hash")
        .bind("hash", hash.bytes())
        .map((row, _) -> session(row))
        .findOne();
  }

  /** A person's sessions, ended or not, the last used first. */
  public static List<Session> of(Handle h, Subject subject) {
    return h.createQuery("select * from session where subject = :s order by seen_at desc, id")
        .bind("s", subject.value())
        .map((row, _) -> session(row))
        .list();
  }

  /** Ends one session of a person by its identifier; whether there was one. */
  public static boolean delete(Handle h, Subject subject, String id) {
    return h.createUpdate("delete from session where subject = :s and id = :id")
            .bind("s", subject.value())
            .bind("id", id)
            .execute()
        == 1;
  }

  /** Ends every session of a person but one; how many that were. */
  public static int deleteOthers(Handle h, Subject subject, SecretHash kept) {
    return h.createUpdate("delete from session where subject = :s and hash <> :kept")
        .bind("s", subject.value())
        .bind("kept", kept.bytes())
        .execute();
  }

  /** Notes that the session was used. */
  public static void touch(Handle h, SecretHash hash, Instant now) {
    h.createUpdate("update session set seen_at = :now where hash = :hash")
        .bind("now", now.toEpochMilli())
        .bind("hash", hash.bytes())
        .execute();
  }

  /** Ends one session. */
  public static void delete(Handle h, SecretHash hash) {
    h.createUpdate("delete from session where hash = :hash").bind("hash", hash.bytes()).execute();
  }

  /** Ends every session of a person and forgets their browsers. */
  public static void deleteAll(Handle h, Subject subject) {
    h.createUpdate("delete from session where subject = :s").bind("s", subject.value()).execute();
    h.createUpdate("delete from known_device where subject = :s")
        .bind("s", subject.value())
        .execute();
  }

  private static Session session(ResultSet row) throws SQLException {
    return new Session(
        Columns.hash(row, "hash"),
        row.getString("id"),
        new Subject(row.getString("subject")),
        row.getString("method"),
        row.getString("browser"),
        row.getString("network"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "seen_at"));
  }

  /** Remembers a browser; the one that was not seen for longest goes where there are too many. */
  public static void remember(Handle h, SecretHash device, Subject subject, Instant now) {
    h.createUpdate(
            """
            insert into known_device values (:hash, :subject, :now)
            on conflict (hash, subject) do update set seen_at = excluded.seen_at
            """)
        .bind("hash", device.bytes())
        .bind("subject", subject.value())
        .bind("now", now.toEpochMilli())
        .execute();
    h.createUpdate(
            """
            delete from known_device where subject = :subject and hash not in (
              select hash from known_device where subject = :subject
              order by seen_at desc limit :most)
            """)
        .bind("subject", subject.value())
        .bind("most", DEVICES_PER_PERSON)
        .execute();
  }

  /** Whether that person has signed in in that browser before. */
  public static boolean isKnown(Handle h, SecretHash device, Subject subject) {
    return h.createQuery("select 1 from known_device where hash = :hash and subject = :subject")
        .bind("hash", device.bytes())
        .bind("subject", subject.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }
}
