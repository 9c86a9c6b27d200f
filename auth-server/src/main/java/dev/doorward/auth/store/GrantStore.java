package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of grants: what people allow clients. */
public final class GrantStore {
  /**
   * A grant.
   *
   * @param redirectUri where the client got its code, for the person to recognise it
   * @param usedAt when it last gave out tokens
   * @param endsAt when it ends however often it is refreshed
   * @param key thumbprint of the key that its tokens are bound to (RFC 9449), where they are
   */
  public record Grant(
      String id,
      ClientId client,
      Subject subject,
      String redirectUri,
      Resource resource,
      String scope,
      Instant createdAt,
      Instant usedAt,
      Instant endsAt,
      Optional<String> key) {
    /** In place of a redirect URI: the client is a device, and the person entered its code. */
    public static final String BY_DEVICE = "device:code";

    /** In place of a redirect URI: the person's organisation said so. */
    public static final String BY_ASSERTION = "enterprise:assertion";

    /** Whether the client got its code by a redirect. */
    public boolean isByRedirect() {
      return !redirectUri.equals(BY_DEVICE) && !redirectUri.equals(BY_ASSERTION);
    }
  }

  /** A grant with the name of its client. */
  public record Named(Grant grant, String clientName) {}

  private GrantStore() {}

  /** Adds a grant. */
  public static void insert(Handle h, Grant grant) {
    h.createUpdate(
            """
            insert into access_grant values (:id, :client, :subject, :redirect, :resource, :scope,
              :created, :used, :ends, :key)
            """)
        .bind("id", grant.id())
        .bind("client", grant.client().value())
        .bind("subject", grant.subject().value())
        .bind("redirect", grant.redirectUri())
        .bind("resource", grant.resource().value())
        .bind("scope", grant.scope())
        .bind("created", grant.createdAt().toEpochMilli())
        .bind("used", grant.usedAt().toEpochMilli())
        .bind("ends", grant.endsAt().toEpochMilli())
        .bind("key", grant.key().orElse(null))
        .execute();
  }

  /** The grant with that identifier, if it was not revoked. */
  public static Optional<Grant> find(Handle h, String id) {
    return h.createQuery("select * from access_grant where id = :id")
        .bind("id", id)
        .map((row, _) -> grant(row))
        .findOne();
  }

  /** What a person allows, newest first. */
  public static List<Named> of(Handle h, Subject subject, Instant now) {
    return h.createQuery(
            """
            select g.*, c.name as client_name from access_grant g join client c on c.id = g.client_id
            where g.subject = :subject and g.ends_at > :now order by g.created_at desc
            """)
        .bind("subject", subject.value())
        .bind("now", now.toEpochMilli())
        .map((row, _) -> new Named(grant(row), row.getString("client_name")))
        .list();
  }

  /** What a person allows one client at one resource; newest first. */
  public static List<Grant> between(
      Handle h, Subject subject, ClientId client, Resource resource, Instant now) {
    return h.createQuery(
            """
            select * from access_grant where subject = :subject and client_id = :client
              and resource = :resource and ends_at > :now order by created_at desc
            """)
        .bind("subject", subject.value())
        .bind("client", client.value())
        .bind("resource", resource.value())
        .bind("now", now.toEpochMilli())
        .map((row, _) -> grant(row))
        .list();
  }

  /** The identifiers of all grants. */
  public static List<String> ids(Handle h) {
    return h.createQuery("select id from access_grant").mapTo(String.class).list();
  }

  /** The identifiers of a client's grants. */
  public static List<String> idsOf(Handle h, ClientId client) {
    return h.createQuery("select id from access_grant where client_id = :client")
        .bind("client", client.value())
        .mapTo(String.class)
        .list();
  }

  /** Notes that the grant gave out tokens. */
  public static void touch(Handle h, String id, Instant now) {
    h.createUpdate("update access_grant set used_at = :now where id = :id")
        .bind("now", now.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  /** From now on the tokens of the grant are bound to a key; the first one stays. */
  public static void bind(Handle h, String id, String key) {
    h.createUpdate("update access_grant set dpop_key = :key where id = :id and dpop_key is null")
        .bind("key", key)
        .bind("id", id)
        .execute();
  }

  /** The grant of that client, person and resource with that redirect URI. */
  public static Optional<Grant> same(
      Handle h, ClientId client, Subject subject, Resource resource, String redirectUri) {
    return h.createQuery(
            """
            select * from access_grant where client_id = :client and subject = :subject
              and resource = :resource and redirect_uri = :redirect limit 1
            """)
        .bind("client", client.value())
        .bind("subject", subject.value())
        .bind("resource", resource.value())
        .bind("redirect", redirectUri)
        .map((row, _) -> grant(row))
        .findOne();
  }

  /** Notes that a grant gave out tokens, and until when it lasts now. */
  public static void extend(Handle h, String id, Instant now, Instant endsAt) {
    h.createUpdate("update access_grant set used_at = :now, ends_at = :ends where id = :id")
        .bind("now", now.toEpochMilli())
        .bind("ends", endsAt.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  /** Ends a grant with all its refresh tokens; whether there was one. */
  public static boolean delete(Handle h, String id) {
    return h.createUpdate("delete from access_grant where id = :id").bind("id", id).execute() == 1;
  }

  private static Grant grant(ResultSet row) throws SQLException {
    return new Grant(
        row.getString("id"),
        new ClientId(row.getString("client_id")),
        new Subject(row.getString("subject")),
        row.getString("redirect_uri"),
        new Resource(row.getString("resource")),
        row.getString("scope"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "used_at"),
        Columns.instant(row, "ends_at"),
        Columns.optionalText(row, "dpop_key"));
  }
}
