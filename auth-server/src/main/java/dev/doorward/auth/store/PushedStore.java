package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of authorization requests that clients pushed. */
public final class PushedStore {
  /**
   * A pushed request.
   *
   * @param hash of the secret part of its URI
   * @param parameters form-encoded
   * @param network prefix of the address that pushed it
   */
  public record Pushed(
      SecretHash hash,
      ClientId client,
      String parameters,
      String network,
      Instant createdAt,
      Instant expiresAt) {}

  private static final int MOST = 10_000;

  private PushedStore() {}

  /**
   * Adds a request; the oldest of the same network goes where it has {@code most} already, and the
   * oldest of all where there are 10,000.
   */
  public static void insert(Handle h, Pushed request, int most) {
    h.createUpdate(
            """
            delete from pushed_request where hash in (
              select hash from pushed_request where network = :network
              order by created_at desc limit -1 offset :keep)
            """)
        .bind("network", request.network())
        .bind("keep", most - 1)
        .execute();
    h.createUpdate(
            """
            delete from pushed_request where hash in (
              select hash from pushed_request order by created_at desc limit -1 offset :keep)
            """)
        .bind("keep", MOST - 1)
        .execute();
    h.createUpdate(
            """
            insert into pushed_request (hash, client_id, parameters, network, created_at, expires_at)
            values (:hash, :client, :parameters, :network, :created, :expires)
            """)
        .bind("hash", request.hash().bytes())
        .bind("client", request.client().value())
        .bind("parameters", request.parameters())
        .bind("network", request.network())
        .bind("created", request.createdAt().toEpochMilli())
        .bind("expires", request.expiresAt().toEpochMilli())
        .execute();
  }

  /** Takes a request off the table, for exactly one of those who try, while it is good. */
  public static Optional<String> take(Handle h, SecretHash hash, ClientId client, Instant now) {
    return h
        .createQuery(
            """
            delete from pushed_request
            where hash = :hash and client_id = :client and expires_at > :now returning parameters
            """)
        .bind("hash", hash.bytes())
        .bind("client", client.value())
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .list()
        .stream()
        .findFirst();
  }
}
