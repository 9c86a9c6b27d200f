package dev.doorward.auth.store;

import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of personal access tokens. */
public final class PersonalTokenStore {
  /**
   * A token.
   *
   * @param name what its person calls it
   * @param usedAt when it was last exchanged, to some minutes
   */
  public record PersonalToken(
      String id,
      SecretHash hash,
      Subject subject,
      String name,
      Resource resource,
      String scope,
      Instant createdAt,
      Instant expiresAt,
      Optional<Instant> usedAt) {}

  private PersonalTokenStore() {}

  /** Adds a token. */
  public static void insert(Handle h, PersonalToken token) {
    h.createUpdate(
            """
            insert into personal_token values (:id, :hash, :subject, :name, :resource, :scope,
              :created, :expires, null)
            """)
        .bind("id", token.id())
        .bind("hash", token.hash().bytes())
        .bind("subject", token.subject().value())
        .bind("name", token.name())
        .bind("resource", token.resource().value())
        .bind("scope", token.scope())
        .bind("created", token.createdAt().toEpochMilli())
        .bind("expires", token.expiresAt().toEpochMilli())
        .execute();
  }

  /** All tokens, newest first. */
  public static List<PersonalToken> all(Handle h) {
    return h.createQuery("select * from personal_token order by created_at desc, id")
        .map((row, _) -> token(row))
        .list();
  }

  /** A person's tokens, newest first. */
  public static List<PersonalToken> of(Handle h, Subject subject) {
    return h.createQuery(
            "select * from personal_token where subject = :s order by created_at desc, id")
        .bind("s", subject.value())
        .map((row, _) -> token(row))
        .list();
  }

  /** The token with that identifier. */
  public static Optional<PersonalToken> find(Handle h, String id) {
    return h.createQuery("select * from personal_token where id = :id")
        .bind("id", id)
        .map((row, _) -> token(row))
        .findOne();
  }

  /** Notes when a token was used. */
  public static void touch(Handle h, String id, Instant at) {
    h.createUpdate("update personal_token set used_at = :at where id = :id")
        .bind("at", at.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  /** Removes a token; whether there was one. */
  public static boolean delete(Handle h, String id) {
    return h.createUpdate("delete from personal_token where id = :id").bind("id", id).execute()
        == 1;
  }

  private static PersonalToken token(ResultSet row) throws SQLException {
    return new PersonalToken(
        row.getString("id"),
        Columns.hash(row, "hash"),
        new Subject(row.getString("subject")),
        row.getString("name"),
        new Resource(row.getString("resource")),
        row.getString("scope"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "expires_at"),
        Columns.optionalInstant(row, "used_at"));
  }
}
