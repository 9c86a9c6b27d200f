package dev.doorward.auth.store;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of refresh tokens, used ones included: they betray whoever uses them again. */
public final class RefreshStore {
  /**
   * A refresh token.
   *
   * @param replay the sealed answer to its use, kept for a moment
   */
  public record Refresh(
      SecretHash hash,
      String grant,
      Instant expiresAt,
      Optional<Instant> usedAt,
      Optional<byte[]> replay) {}

  private RefreshStore() {}

  /** Adds an unused token. */
  public static void insert(Handle h, SecretHash hash, String grant, Instant expiresAt) {
    h.createUpdate("insert into refresh_token values (:hash, :grant, :expires, null, null)")
        .bind("hash", hash.bytes())
        .bind("grant", grant)
        .bind("expires", expiresAt.toEpochMilli())
        .execute();
  }

  /** The token, used or expired or not. */
  public static Optional<Refresh> find(Handle h, SecretHash hash) {
    return h.createQuery("select * from refresh_token where hash = :hash")
        .bind("hash", hash.bytes())
        .map((row, _) -> {
          byte @Nullable [] replay = row.getBytes("replay");
          return new Refresh(
              hash,
              row.getString("grant_id"),
              Columns.instant(row, "expires_at"),
              Columns.optionalInstant(row, "used_at"),
              Optional.ofNullable(replay));
        })
        .findOne();
  }

  /** Uses the token up and keeps the sealed answer; true for exactly one of those who try. */
  public static boolean use(Handle h, SecretHash hash, byte[] replay, Instant now) {
    return h.createUpdate(
                """
                update refresh_token set used_at = :now, replay = :replay
                where hash = :hash and used_at is null
                """)
            .bind("now", now.toEpochMilli())
            .bind("replay", replay)
            .bind("hash", hash.bytes())
            .execute()
        == 1;
  }
}
