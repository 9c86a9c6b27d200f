package dev.doorward.auth.store;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** The tables of people and of the links with which they set their password. */
public final class PersonStore {
  private PersonStore() {}

  /** All people by name. */
  public static List<PersonRow> all(Handle h) {
    Map<String, Set<ServiceName>> services = new HashMap<>();
    h.createQuery("select subject, service from person_service")
        .map((row, _) -> Map.entry(row.getString("subject"), row.getString("service")))
        .forEach(entry ->
            services
                .computeIfAbsent(entry.getKey(), _ -> new HashSet<>())
                .add(new ServiceName(entry.getValue())));
    return h.createQuery("select * from person order by name")
        .map((row, _) -> person(row, services.getOrDefault(row.getString("subject"), Set.of())))
        .list();
  }

  /** The person with that sign-in name, lower case. */
  public static Optional<PersonRow> named(Handle h, String name) {
    return h.createQuery("select subject from person where name = :name")
        .bind("name", name)
        .mapTo(String.class)
        .findOne()
        .flatMap(subject -> find(h, new Subject(subject)));
  }

  /** The person with that subject. */
  public static Optional<PersonRow> find(Handle h, Subject subject) {
    Set<ServiceName> services =
        h.createQuery("select service from person_service where subject = :subject")
            .bind("subject", subject.value())
            .map((row, _) -> new ServiceName(row.getString("service")))
            .set();
    return h.createQuery("select * from person where subject = :subject")
        .bind("subject", subject.value())
        .map((row, _) -> person(row, services))
        .findOne();
  }

  /** Adds a person; the name must be free. */
  public static void insert(Handle h, PersonRow person) {
    h.createUpdate(
            """
            insert into person (subject, name, owner, password, created_at)
            values (:subject, :name, :owner, :password, :created)
            """)
        .bind("subject", person.subject().value())
        .bind("name", person.name())
        .bind("owner", person.owner())
        .bind("password", person.password().orElse(null))
        .bind("created", person.createdAt().toEpochMilli())
        .execute();
    setServices(h, person.subject(), person.services());
  }

  /** Replaces what a person who is no owner may use. */
  public static void setServices(Handle h, Subject subject, Set<ServiceName> services) {
    h.createUpdate("delete from person_service where subject = :subject")
        .bind("subject", subject.value())
        .execute();
    for (ServiceName service : services) {
      h.createUpdate("insert into person_service (subject, service) values (:subject, :service)")
          .bind("subject", subject.value())
          .bind("service", service.value())
          .execute();
    }
  }

  /** Replaces the password, given in PHC form. */
  public static void setPassword(Handle h, Subject subject, String phc) {
    h.createUpdate("update person set password = :password where subject = :subject")
        .bind("password", phc)
        .bind("subject", subject.value())
        .execute();
  }

  /** Removes a person with everything that hangs on them. */
  public static void delete(Handle h, Subject subject) {
    h.createUpdate("delete from person where subject = :subject")
        .bind("subject", subject.value())
        .execute();
  }

  /** Makes {@code link} the only setup link of a person. */
  public static void setLink(Handle h, Subject subject, SecretHash link, Instant expiresAt) {
    deleteLinks(h, subject);
    h.createUpdate("insert into setup_link values (:hash, :subject, :expires)")
        .bind("hash", link.bytes())
        .bind("subject", subject.value())
        .bind("expires", expiresAt.toEpochMilli())
        .execute();
  }

  /** Whose setup link it is, while it is good. */
  public static Optional<PersonRow> ofLink(Handle h, SecretHash link, Instant now) {
    return h.createQuery("select subject from setup_link where hash = :hash and expires_at > :now")
        .bind("hash", link.bytes())
        .bind("now", now.toEpochMilli())
        .mapTo(String.class)
        .findOne()
        .flatMap(subject -> find(h, new Subject(subject)));
  }

  /** Ends every setup link of a person; how many there were. */
  public static int deleteLinks(Handle h, Subject subject) {
    return h.createUpdate("delete from setup_link where subject = :subject")
        .bind("subject", subject.value())
        .execute();
  }

  private static PersonRow person(ResultSet row, Set<ServiceName> services) throws SQLException {
    return new PersonRow(
        new Subject(row.getString("subject")),
        row.getString("name"),
        row.getBoolean("owner"),
        services,
        Columns.optionalText(row, "password"),
        Columns.instant(row, "created_at"));
  }
}
