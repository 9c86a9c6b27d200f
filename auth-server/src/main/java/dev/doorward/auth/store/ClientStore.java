package dev.doorward.auth.store;

import dev.doorward.auth.store.ClientRow.Origin;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.ServiceName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table of registered clients. */
public final class ClientStore {
  private static final String REGISTERED = "registered";
  private static final String DOCUMENT = "document";
  private static final String OPERATOR = "operator";

  private ClientStore() {}

  /** The client with that identifier. */
  public static Optional<ClientRow> find(Handle h, ClientId id) {
    return h.createQuery("select * from client where id = :id")
        .bind("id", id.value())
        .map((row, _) -> client(row))
        .findOne();
  }

  /** Every client, newest first. */
  public static List<ClientRow> all(Handle h) {
    return h.createQuery("select * from client order by created_at desc, id")
        .map((row, _) -> client(row))
        .list();
  }

  /** Those that may use something by themselves. */
  public static List<ClientRow> withOwnServices(Handle h) {
    return h.createQuery("select * from client where services <> ''")
        .map((row, _) -> client(row))
        .list();
  }

  /** How many the operator has added. */
  public static int countAdded(Handle h) {
    return h.createQuery("select count(*) from client where origin = :origin")
        .bind("origin", OPERATOR)
        .mapTo(Integer.class)
        .one();
  }

  /** Removes a client with everything that hangs on it. */
  public static void delete(Handle h, ClientId id) {
    h.createUpdate("delete from client where id = :id").bind("id", id.value()).execute();
  }

  /** Adds a client. */
  public static void insert(Handle h, ClientRow client) {
    h.createUpdate(
            """
            insert into client (id, name, application_type, auth_method, secret_hash,
              redirect_uris, refreshes, network, created_at, used_at, origin, fresh_until, keys,
              services, pushes)
            values (:id, :name, :type, :method, :secret, :redirects, :refreshes, :network,
              :created, :used, :origin, :fresh, :keys, :services, :pushes)
            """)
        .bind("id", client.id().value())
        .bind("used", client.usedAt().map(Instant::toEpochMilli).orElse(null))
        .bind("origin", origin(client))
        .bind("fresh", freshUntil(client))
        .bind("keys", client.keys().orElse(null))
        .bind(
            "services",
            client.ownServices().stream()
                .map(ServiceName::value)
                .sorted()
                .collect(Collectors.joining("\n")))
        .bind("pushes", client.pushes())
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

  /** Replaces what the document of a client says; who uses the client stays. */
  public static void replaceDocument(Handle h, ClientRow client) {
    h.createUpdate(
            """
            update client set name = :name, application_type = :type, redirect_uris = :redirects,
              refreshes = :refreshes, origin = :origin, fresh_until = :fresh, auth_method = :method,
              keys = :keys
            where id = :id
            """)
        .bind("method", client.authMethod().code())
        .bind("keys", client.keys().orElse(null))
        .bind("name", client.name())
        .bind("type", client.applicationType())
        .bind("redirects", String.join("\n", client.redirectUris()))
        .bind("refreshes", client.refreshes())
        .bind("origin", origin(client))
        .bind("fresh", freshUntil(client))
        .bind("id", client.id().value())
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

  /** Makes room for one more client where {@code most} are kept that nobody allowed anything. */
  public static void makeRoom(Handle h, int most) {
    while (countUnused(h) >= most) {
      evictUnused(h);
    }
  }

  /**
   * Removes the oldest unused client of the network that has most of them, so that one network
   * cannot push out the clients of others.
   */
  static void evictUnused(Handle h) {
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

  private static String origin(ClientRow client) {
    return switch (client.origin()) {
      case Origin.Registered _ -> REGISTERED;
      case Origin.Document _ -> DOCUMENT;
      case Origin.Operator _ -> OPERATOR;
    };
  }

  private static @Nullable Long freshUntil(ClientRow client) {
    return switch (client.origin()) {
      case Origin.Registered _, Origin.Operator _ -> null;
      case Origin.Document(Instant freshUntil) -> freshUntil.toEpochMilli();
    };
  }

  private static Origin origin(ResultSet row) throws SQLException {
    return switch (row.getString("origin")) {
      case DOCUMENT -> new Origin.Document(Columns.instant(row, "fresh_until"));
      case OPERATOR ->
          new Origin.Operator(
              lines(row, "services").stream().map(ServiceName::new).collect(Collectors.toSet()),
              row.getBoolean("pushes"));
      default -> new Origin.Registered();
    };
  }

  private static List<String> lines(ResultSet row, String column) throws SQLException {
    return row.getString(column).lines().toList();
  }

  private static ClientRow client(ResultSet row) throws SQLException {
    byte @Nullable [] secret = row.getBytes("secret_hash");
    return new ClientRow(
        new ClientId(row.getString("id")),
        origin(row),
        row.getString("name"),
        row.getString("application_type"),
        ClientRow.AuthMethod.of(row.getString("auth_method")).orElseThrow(),
        Optional.ofNullable(secret).map(SecretHash::stored),
        Columns.optionalText(row, "keys"),
        lines(row, "redirect_uris"),
        row.getBoolean("refreshes"),
        row.getString("network"),
        Columns.instant(row, "created_at"),
        Columns.optionalInstant(row, "used_at"));
  }
}
