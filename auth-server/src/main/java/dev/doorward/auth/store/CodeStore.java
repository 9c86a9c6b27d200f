package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of authorization codes. */
public final class CodeStore {
  /**
   * A code and what it is bound to.
   *
   * @param key thumbprint of the key that whoever redeems it must prove (RFC 9449 section 10)
   * @param grant what came of it when it was used; the grant may have ended since
   */
  public record Code(
      SecretHash hash,
      ClientId client,
      Subject subject,
      String redirectUri,
      String challenge,
      Resource resource,
      String scope,
      Instant expiresAt,
      Optional<String> grant,
      Optional<String> key) {}

  private CodeStore() {}

  /** Adds a code. */
  public static void insert(Handle h, Code code) {
    h.createUpdate(
            """
            insert into code values (:hash, :client, :subject, :redirect, :challenge, :resource,
              :scope, :expires, null, null, :key)
            """)
        .bind("hash", code.hash().bytes())
        .bind("client", code.client().value())
        .bind("subject", code.subject().value())
        .bind("redirect", code.redirectUri())
        .bind("challenge", code.challenge())
        .bind("resource", code.resource().value())
        .bind("scope", code.scope())
        .bind("expires", code.expiresAt().toEpochMilli())
        .bind("key", code.key().orElse(null))
        .execute();
  }

  /** The code, used or expired or not. */
  public static Optional<Code> find(Handle h, SecretHash hash) {
    return h.createQuery("select * from code where hash = :hash")
        .bind("hash", hash.bytes())
        .map((row, _) ->
            new Code(
                hash,
                new ClientId(row.getString("client_id")),
                new Subject(row.getString("subject")),
                row.getString("redirect_uri"),
                row.getString("challenge"),
                new Resource(row.getString("resource")),
                row.getString("scope"),
                Columns.instant(row, "expires_at"),
                Columns.optionalText(row, "grant_id"),
                Columns.optionalText(row, "dpop_key")))
        .findOne();
  }

  /** Uses the code up; true for exactly one of those who try. */
  public static boolean use(Handle h, SecretHash hash, String grant, Instant now) {
    return h.createUpdate(
                """
                update code set used_at = :now, grant_id = :grant
                where hash = :hash and used_at is null
                """)
            .bind("now", now.toEpochMilli())
            .bind("grant", grant)
            .bind("hash", hash.bytes())
            .execute()
        == 1;
  }
}
