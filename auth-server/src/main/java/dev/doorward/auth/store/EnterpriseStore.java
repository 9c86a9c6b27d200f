package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables of who people are to trusted identity providers, and of assertions that were used. */
public final class EnterpriseStore {
  /** A person as an identity provider names them. */
  public record Identity(String issuer, String name, Subject subject) {}

  private EnterpriseStore() {}

  /** Links a person; false where that name is somebody already. */
  public static boolean link(Handle h, Identity identity) {
    return h.createUpdate(
                """
                insert into enterprise_identity values (:issuer, :name, :subject)
                on conflict (issuer, name) do nothing
                """)
            .bind("issuer", identity.issuer())
            .bind("name", identity.name())
            .bind("subject", identity.subject().value())
            .execute()
        == 1;
  }

  /** Takes a link back; whether there was one. */
  public static boolean unlink(Handle h, String issuer, String name) {
    return h.createUpdate("delete from enterprise_identity where issuer = :issuer and name = :name")
            .bind("issuer", issuer)
            .bind("name", name)
            .execute()
        == 1;
  }

  /** Who that is. */
  public static Optional<Subject> find(Handle h, String issuer, String name) {
    return h.createQuery(
            "select subject from enterprise_identity where issuer = :issuer and name = :name")
        .bind("issuer", issuer)
        .bind("name", name)
        .mapTo(String.class)
        .findOne()
        .map(Subject::new);
  }

  /** All links. */
  public static List<Identity> all(Handle h) {
    return h.createQuery("select * from enterprise_identity order by issuer, name")
        .map((row, _) ->
            new Identity(
                row.getString("issuer"),
                row.getString("name"),
                new Subject(row.getString("subject"))))
        .list();
  }

  /** Uses an assertion up; true for exactly one of those who try. */
  public static boolean use(Handle h, SecretHash assertion, Instant forgetAt) {
    return h.createUpdate(
                """
                insert into enterprise_assertion values (:hash, :at) on conflict (hash) do nothing
                """)
            .bind("hash", assertion.bytes())
            .bind("at", forgetAt.toEpochMilli())
            .execute()
        == 1;
  }
}
