package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of authorization requests that wait for the person. */
public final class RequestStore {
  /**
   * A request that was checked and waits for the person.
   *
   * @param hash of its identifier
   * @param browser hash of the cookie of the browser that started it
   * @param redirectUri as the client sent it: it matches a registered one
   * @param challenge PKCE S256
   * @param network prefix of the address that started it
   * @param asks whether the person is to be asked though they allowed the same before
   * @param key thumbprint that the client named as {@code dpop_jkt}
   */
  public record Waiting(
      SecretHash hash,
      SecretHash browser,
      ClientId client,
      String redirectUri,
      Optional<String> state,
      String challenge,
      Resource resource,
      String scope,
      String network,
      Instant createdAt,
      Instant expiresAt,
      Optional<String> key,
      boolean asks) {}

  private static final int MOST = 10_000;

  private RequestStore() {}

  /**
   * Adds a request; the oldest of the same network goes where it has {@code most} already, and the
   * oldest of all where there are 10,000.
   */
  public static void insert(Handle h, Waiting request, int most) {
    h.createUpdate(
            """
            delete from authorization_request where hash in (
              select hash from authorization_request where network = :network
              order by created_at desc limit -1 offset :keep)
            """)
        .bind("network", request.network())
        .bind("keep", most - 1)
        .execute();
    h.createUpdate(
            """
            delete from authorization_request where hash in (
              select hash from authorization_request order by created_at desc limit -1 offset :keep)
            """)
        .bind("keep", MOST - 1)
        .execute();
    h.createUpdate(
            """
            insert into authorization_request (hash, browser_hash, client_id, redirect_uri, state,
              challenge, resource, scope, network, created_at, expires_at, dpop_key, asks)
            values (:hash, :browser, :client, :redirect, :state, :challenge, :resource, :scope,
              :network, :created, :expires, :key, :asks)
            """)
        .bind("hash", request.hash().bytes())
        .bind("browser", request.browser().bytes())
        .bind("client", request.client().value())
        .bind("redirect", request.redirectUri())
        .bind("state", request.state().orElse(null))
        .bind("challenge", request.challenge())
        .bind("resource", request.resource().value())
        .bind("scope", request.scope())
        .bind("asks", request.asks())
        .bind("network", request.network())
        .bind("created", request.createdAt().toEpochMilli())
        .bind("expires", request.expiresAt().toEpochMilli())
        .bind("key", request.key().orElse(null))
        .execute();
  }

  /** The request, where it was started by that browser and still waits. */
  public static Optional<Waiting> find(Handle h, SecretHash hash, SecretHash browser, Instant now) {
    return h.createQuery(
            """
            select * from authorization_request
            where hash = :hash and browser_hash = :browser and expires_at > :now
            """)
        .bind("hash", hash.bytes())
        .bind("browser", browser.bytes())
        .bind("now", now.toEpochMilli())
        .map((row, _) ->
            new Waiting(
                hash,
                browser,
                new ClientId(row.getString("client_id")),
                row.getString("redirect_uri"),
                Columns.optionalText(row, "state"),
                row.getString("challenge"),
                new Resource(row.getString("resource")),
                row.getString("scope"),
                row.getString("network"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "expires_at"),
                Columns.optionalText(row, "dpop_key"),
                row.getBoolean("asks")))
        .findOne();
  }

  /** Takes the request off the table; true for exactly one of those who try. */
  public static boolean take(Handle h, SecretHash hash) {
    return h.createUpdate("delete from authorization_request where hash = :hash")
            .bind("hash", hash.bytes())
            .execute()
        == 1;
  }
}
