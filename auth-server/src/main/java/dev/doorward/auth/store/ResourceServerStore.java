package dev.doorward.auth.store;

import dev.doorward.common.identity.ServiceName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The table of resource servers: programs that may ask what a token is worth. */
public final class ResourceServerStore {
  /**
   * A resource server.
   *
   * @param services whose tokens it may ask about
   */
  public record ResourceServer(
      String id, String name, SecretHash secret, Set<ServiceName> services, Instant createdAt) {
    /** Copies the services. */
    public ResourceServer {
      services = Set.copyOf(services);
    }
  }

  private ResourceServerStore() {}

  /** Adds one. */
  public static void insert(Handle h, ResourceServer server) {
    h.createUpdate("insert into resource_server values (:id, :name, :secret, :services, :created)")
        .bind("id", server.id())
        .bind("name", server.name())
        .bind("secret", server.secret().bytes())
        .bind(
            "services",
            server.services().stream()
                .map(ServiceName::value)
                .sorted()
                .collect(Collectors.joining("\n")))
        .bind("created", server.createdAt().toEpochMilli())
        .execute();
  }

  /** The one with that identifier. */
  public static Optional<ResourceServer> find(Handle h, String id) {
    return h.createQuery("select * from resource_server where id = :id")
        .bind("id", id)
        .map((row, _) -> server(row))
        .findOne();
  }

  /** All of them by name. */
  public static List<ResourceServer> all(Handle h) {
    return h.createQuery("select * from resource_server order by name")
        .map((row, _) -> server(row))
        .list();
  }

  /** Removes the one of that name; whether there was one. */
  public static boolean delete(Handle h, String name) {
    return h.createUpdate("delete from resource_server where name = :name")
            .bind("name", name)
            .execute()
        == 1;
  }

  private static ResourceServer server(ResultSet row) throws SQLException {
    return new ResourceServer(
        row.getString("id"),
        row.getString("name"),
        Columns.hash(row, "secret_hash"),
        Arrays.stream(row.getString("services").split("\n", -1))
            .map(ServiceName::new)
            .collect(Collectors.toSet()),
        Columns.instant(row, "created_at"));
  }
}
