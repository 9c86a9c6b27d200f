package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The table of access that clients have by themselves: one row a token, while it lives. */
public final class OwnGrantStore {
  private OwnGrantStore() {}

  /** Adds access. */
  public static void insert(
      Handle h, String id, ClientId client, Resource resource, Instant endsAt) {
    h.createUpdate("insert into own_grant values (:id, :client, :resource, :ends)")
        .bind("id", id)
        .bind("client", client.value())
        .bind("resource", resource.value())
        .bind("ends", endsAt.toEpochMilli())
        .execute();
  }

  /** The identifiers of all of it. */
  public static List<String> ids(Handle h) {
    return h.createQuery("select id from own_grant").mapTo(String.class).list();
  }

  /** The identifiers of a client's. */
  public static List<String> idsOf(Handle h, ClientId client) {
    return h.createQuery("select id from own_grant where client_id = :client")
        .bind("client", client.value())
        .mapTo(String.class)
        .list();
  }

  /** Ends access; whether there was such. */
  public static boolean delete(Handle h, String id) {
    return h.createUpdate("delete from own_grant where id = :id").bind("id", id).execute() == 1;
  }

  /** Removes what ended before {@code now}; its identifiers. */
  static List<String> sweep(Handle h, Instant now) {
    return h.createQuery("delete from own_grant where ends_at <= :now returning id")
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .list();
  }
}
