package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of failed sign-ins in a row. */
public final class FailureStore {
  /** Rows that belong to no person; the oldest of those go where there are more. */
  private static final int MOST_OF_NOBODY = 50_000;

  /**
   * A row of failures.
   *
   * @param failures in a row
   * @param until no attempt before then
   * @param seenAt the last one
   */
  public record Streak(int failures, Instant until, Instant seenAt) {
    /** No failures. */
    public static final Streak NONE = new Streak(0, Instant.EPOCH, Instant.EPOCH);
  }

  private FailureStore() {}

  /** What was counted under a key. */
  public static Streak find(Handle h, byte[] key) {
    return h.createQuery("select * from sign_in_failure where key = :key")
        .bind("key", key)
        .map((row, _) ->
            new Streak(
                row.getInt("failures"),
                Columns.instant(row, "until"),
                Columns.instant(row, "seen_at")))
        .findOne()
        .orElse(Streak.NONE);
  }

  /**
   * Replaces what was counted.
   *
   * @param subject the person who is attacked, if there is one
   */
  public static void put(Handle h, byte[] key, Optional<Subject> subject, Streak streak) {
    h.createUpdate(
            """
            insert into sign_in_failure values (:key, :subject, :failures, :until, :seen)
            on conflict (key) do update set failures = excluded.failures, until = excluded.until,
              seen_at = excluded.seen_at
            """)
        .bind("key", key)
        .bind("subject", subject.map(Subject::value).orElse(null))
        .bind("failures", streak.failures())
        .bind("until", streak.until().toEpochMilli())
        .bind("seen", streak.seenAt().toEpochMilli())
        .execute();
  }

  /** Forgets what was counted under a key. */
  public static void delete(Handle h, byte[] key) {
    h.createUpdate("delete from sign_in_failure where key = :key").bind("key", key).execute();
  }

  /** Forgets everything that was counted against a person. */
  public static void forgive(Handle h, Subject subject) {
    h.createUpdate("delete from sign_in_failure where subject = :subject")
        .bind("subject", subject.value())
        .execute();
  }

  /** Forgets what is older than {@code before}, and the oldest rows of nobody past their bound. */
  public static void sweep(Handle h, Instant before) {
    h.createUpdate("delete from sign_in_failure where seen_at <= :t")
        .bind("t", before.toEpochMilli())
        .execute();
    h.createUpdate(
            """
            delete from sign_in_failure where subject is null and seen_at < (
              select seen_at from sign_in_failure where subject is null
              order by seen_at desc limit 1 offset :most)
            """)
        .bind("most", MOST_OF_NOBODY)
        .execute();
  }
}
