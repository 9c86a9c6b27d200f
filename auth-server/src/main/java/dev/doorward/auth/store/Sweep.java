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
  private static final Duration REPLAY_MEMORY = Duration.ofMinutes(1);

  private Sweep() {}

  /**
   * Removes everything that ended before {@code now}.
   *
   * @param sessionIdle how long a session lives unused
   * @param sessionLife how long a session lives at most
   * @param accessLife how long an access token lives: a grant without refresh tokens outlives its
   *     last use by that much
   * @param unusedLife how long a client is kept that nobody allows anything
   * @return the identifiers of the grants that ended
   */
  public static List<String> run(
      Handle h,
      Instant now,
      Duration sessionIdle,
      Duration sessionLife,
      Duration accessLife,
      Duration unusedLife) {
    delete(h, "setup_link where expires_at <= :t", now);
    delete(h, "authorization_request where expires_at <= :t", now);
    delete(h, "code where expires_at <= :t", now.minus(CODE_MEMORY));
    delete(h, "refresh_token where expires_at <= :t", now);
    delete(h, "session where seen_at <= :t", now.minus(sessionIdle));
    delete(h, "session where created_at <= :t", now.minus(sessionLife));
    h.createUpdate(
            """
            delete from client
            where used_at is null and created_at <= :t and coalesce(fresh_until, 0) <= :now
            """)
        .bind("t", now.minus(unusedLife).toEpochMilli())
        .bind("now", now.toEpochMilli())
        .execute();
    h.createUpdate(
            "update refresh_token set replay = null where replay is not null and used_at <= :t")
        .bind("t", now.minus(REPLAY_MEMORY).toEpochMilli())
        .execute();
    delete(h, "used_assertion where expires_at <= :t", now);
    List<String> ended = new ArrayList<>(OwnGrantStore.sweep(h, now));
    ended.addAll(endedGrants(h, now, accessLife));
    return ended;
  }

  private static List<String> endedGrants(Handle h, Instant now, Duration accessLife) {
    return h.createQuery(
            """
            delete from access_grant where ends_at <= :now or (used_at <= :idle and not exists (
              select 1 from refresh_token r
              where r.grant_id = access_grant.id and r.used_at is null and r.expires_at > :now))
            returning id
            """)
        .bind("now", now.toEpochMilli())
        .bind("idle", now.minus(accessLife).minusSeconds(60).toEpochMilli())
        .mapTo(String.class)
        .list();
  }

  private static void delete(Handle h, String what, Instant before) {
    h.createUpdate("delete from " + what).bind("t", before.toEpochMilli()).execute();
  }
}
