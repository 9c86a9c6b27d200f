package dev.doorward.auth.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Removes what has run out, so that the database does not grow with time alone. */
public final class Sweep {
  /** How long a used-up code is remembered, to notice that it is used again. */
  private static final Duration CODE_MEMORY = Duration.ofHours(24);

  /** How long a sealed answer may be asked for again, with a margin. */
  private static final Duration REPLAY_MEMORY = Duration.ofMinutes(2);

  /** How long failed sign-ins in a row count. */
  private static final Duration FAILURE_MEMORY = Duration.ofDays(30);

  private Sweep() {}

  /**
   * Removes everything that ended before {@code now}.
   *
   * <p>A grant without refresh tokens outlives its last use by the life of an access token.
   *
   * @return the identifiers of the grants and personal access tokens that ended
   */
  public static List<String> run(Handle h, Instant now, Lives lives) {
    delete(h, "setup_link where expires_at <= :t", now);
    delete(h, "authorization_request where expires_at <= :t", now);
    delete(h, "pushed_request where expires_at <= :t", now);
    delete(h, "code where expires_at <= :t", now.minus(CODE_MEMORY));
    delete(h, "device_request where expires_at <= :t", now.minus(CODE_MEMORY));
    delete(h, "enterprise_assertion where forget_at <= :t", now);
    delete(h, "refresh_token where expires_at <= :t", now);
    delete(h, "session where seen_at <= :t", now.minus(lives.sessionIdle()));
    delete(h, "session where created_at <= :t", now.minus(lives.session()));
    delete(h, "used_challenge where expires_at <= :t", now);
    delete(h, "upstream_attempt where expires_at <= :t", now);
    delete(h, "second_step where expires_at <= :t", now);
    FailureStore.sweep(h, now.minus(FAILURE_MEMORY));
    h.createUpdate(
            """
            delete from client
            where used_at is null and created_at <= :t and coalesce(fresh_until, 0) <= :now
            """)
        .bind("t", now.minus(lives.unusedClient()).toEpochMilli())
        .bind("now", now.toEpochMilli())
        .execute();
    h.createUpdate(
            "update refresh_token set replay = null where replay is not null and used_at <= :t")
        .bind("t", now.minus(REPLAY_MEMORY).toEpochMilli())
        .execute();
    delete(h, "used_assertion where expires_at <= :t", now);
    List<String> ended = new ArrayList<>(OwnGrantStore.sweep(h, now));
    ended.addAll(
        h.createQuery("delete from personal_token where expires_at <= :now returning id")
            .bind("now", now.toEpochMilli())
            .mapTo(String.class)
            .list());
    ended.addAll(
        h.createQuery(
                """
                delete from access_grant where ends_at <= :now or (used_at <= :idle and not exists (
                  select 1 from refresh_token r
                  where r.grant_id = access_grant.id and r.used_at is null and r.expires_at > :now))
                returning id
                """)
            .bind("now", now.toEpochMilli())
            .bind("idle", now.minus(lives.accessToken()).minusSeconds(60).toEpochMilli())
            .mapTo(String.class)
            .list());
    return ended;
  }

  /** Removes whatever was to end by itself, but for personal access tokens: every sign-in. */
  public static void everything(Handle h) {
    for (String table :
        List.of(
            "setup_link",
            "authorization_request",
            "pushed_request",
            "code",
            "device_request",
            "refresh_token",
            "access_grant",
            "own_grant",
            "session",
            "second_step",
            "upstream_attempt")) {
      h.execute("delete from " + table);
    }
  }

  private static void delete(Handle h, String what, Instant before) {
    h.createUpdate("delete from " + what).bind("t", before.toEpochMilli()).execute();
  }
}
