package dev.doorward.auth.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** The table of client assertions that were used. */
public final class AssertionStore {
  private AssertionStore() {}

  /** Uses an assertion up; true for exactly one of those who try. */
  public static boolean use(Handle h, SecretHash hash, Instant expiresAt) {
    return h.createUpdate(
                "insert into used_assertion values (:hash, :expires) on conflict (hash) do nothing")
            .bind("hash", hash.bytes())
            .bind("expires", expiresAt.toEpochMilli())
            .execute()
        == 1;
  }
}
