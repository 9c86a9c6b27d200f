package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of registered clients. */
public final class ClientStore {
  private ClientStore() {}

  /** The client with that identifier. */
  public static Optional<ClientRow> find(Handle h, ClientId id) {
    return h.createQuery("select * from client where id = :id")
        .bind("id", id.value())
        .map((row, _) -> client(row))
        .findOne();
  }

  /** Adds a client. */
  public static void insert(Handle h, ClientRow client) {
    h.createUpdate(
            """
            insert into client (id, name, application_type, auth_method, secret_hash,
              redirect_uris, refreshes, network, created_at, used_at)
            values (:id, :name, :type, :method, :secret, :redirects, :refreshes, :network,
              :created, null)
            """)
        .bind("id", client.id().value())
        .bind("name", client.name())
        .bind("type", client.applicationType())
        .bind("method", client.authMethod().code())
        .bind("secret", client.secret().map(SecretHash::bytes).orElse(null))
        .bind("redirects", String.join("\n", client.redirectUris()))
        .bind("refreshes", client.refreshes())
        .bind("network", client.network())
        .bind("created", client.createdAt().toEpochMilli())
        .execute();
  }

  /** Notes the first time that a person allowed the client something; it is kept from then on. */
  public static void markUsed(Handle h, ClientId id, Instant now) {
    h.createUpdate("update client set used_at = :now where id = :id and used_at is null")
        .bind("now", now.toEpochMilli())
        .bind("id", id.value())
        .execute();
  }

  /** How many clients nobody has allowed anything yet. */
  public static int countUnused(Handle h) {
    return h.createQuery("select count(*) from client where used_at is null")
        .mapTo(Integer.class)
        .one();
  }

  /**
   * Removes the oldest unused client of the network that has most of them, so that one network
   * cannot push out the clients of others.
   */
  public static void evictUnused(Handle h) {
    h.createUpdate(
            """
            delete from client where id = (
              select id from client where used_at is null and network = (
                select network from client where used_at is null
                group by network order by count(*) desc, min(created_at) limit 1)
              order by created_at limit 1)
            """)
        .execute();
  }

  private static ClientRow client(ResultSet row) throws SQLException {
    byte @Nullable [] secret = row.getBytes("secret_hash");
    return new ClientRow(
        new ClientId(row.getString("id")),
        row.getString("name"),
        row.getString("application_type"),
        ClientRow.AuthMethod.of(row.getString("auth_method")).orElseThrow(),
        Optional.ofNullable(secret).map(SecretHash::stored),
        List.of(row.getString("redirect_uris").split("\n")),
        row.getBoolean("refreshes"),
        row.getString("network"),
        Columns.instant(row, "created_at"),
        Columns.optionalInstant(row, "used_at"));
  }
}
