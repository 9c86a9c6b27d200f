package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The table of devices that wait for a person elsewhere to allow them something. */
public final class DeviceStore {
  /** What the person said. */
  public enum Answer {
    /** Nothing yet. */
    WAITING,
    /** Yes. */
    ALLOWED,
    /** No. */
    DENIED;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A request of a device.
   *
   * @param network prefix of the address that the device asked from
   * @param interval how long the device must leave between two polls
   * @param subject who answered
   * @param grant what came of it; the grant may have ended since
   */
  public record Device(
      SecretHash hash,
      SecretHash userHash,
      ClientId client,
      Resource resource,
      String scope,
      String network,
      Instant createdAt,
      Instant expiresAt,
      Duration interval,
      Instant polledAt,
      Answer answer,
      Optional<Subject> subject,
      Optional<String> grant) {}

  private static final int MOST = 10_000;

  private DeviceStore() {}

  /**
   * Adds a request that waits; the oldest of the same network goes where it has {@code most}
   * already, and the oldest of all where there are 10,000.
   */
  public static void insert(Handle h, Device device, int most) {
    h.createUpdate(
            """
            delete from device_request where hash in (
              select hash from device_request where network = :network
              order by created_at desc limit -1 offset :keep)
            """)
        .bind("network", device.network())
        .bind("keep", most - 1)
        .execute();
    h.createUpdate(
            """
            delete from device_request where hash in (
              select hash from device_request order by created_at desc limit -1 offset :keep)
            """)
        .bind("keep", MOST - 1)
        .execute();
    h.createUpdate(
            """
            insert into device_request (hash, user_hash, client_id, resource, scope, network,
              created_at, expires_at, wait, polled_at, answer)
            values (:hash, :user, :client, :resource, :scope, :network, :created, :expires, :wait,
              :polled, 'waiting')
            """)
        .bind("hash", device.hash().bytes())
        .bind("user", device.userHash().bytes())
        .bind("client", device.client().value())
        .bind("resource", device.resource().value())
        .bind("scope", device.scope())
        .bind("network", device.network())
        .bind("created", device.createdAt().toEpochMilli())
        .bind("expires", device.expiresAt().toEpochMilli())
        .bind("wait", device.interval().toSeconds())
        .bind("polled", device.polledAt().toEpochMilli())
        .execute();
  }

  /** The request with that device code, answered or expired or not. */
  public static Optional<Device> find(Handle h, SecretHash hash) {
    return h.createQuery("select * from device_request where hash = :hash")
        .bind("hash", hash.bytes())
        .map((row, _) -> device(row))
        .findOne();
  }

  /** The request with that user code, while it waits. */
  public static Optional<Device> waiting(Handle h, SecretHash userHash, Instant now) {
    return h.createQuery(
            """
            select * from device_request
            where user_hash = :hash and answer = 'waiting' and expires_at > :now
            """)
        .bind("hash", userHash.bytes())
        .bind("now", now.toEpochMilli())
        .map((row, _) -> device(row))
        .findOne();
  }

  /** Notes a poll, and how long the device must leave from now on. */
  public static void polled(Handle h, SecretHash hash, Instant at, Duration wait) {
    h.createUpdate("update device_request set polled_at = :at, wait = :wait where hash = :hash")
        .bind("at", at.toEpochMilli())
        .bind("wait", wait.toSeconds())
        .bind("hash", hash.bytes())
        .execute();
  }

  /** The person's answer; true for exactly one of those who try. */
  public static boolean answer(Handle h, SecretHash hash, Subject subject, Answer answer) {
    return h.createUpdate(
                """
                update device_request set answer = :answer, subject = :subject
                where hash = :hash and answer = 'waiting'
                """)
            .bind("answer", answer.text())
            .bind("subject", subject.value())
            .bind("hash", hash.bytes())
            .execute()
        == 1;
  }

  /** Uses the device code up; true for exactly one of those who try. */
  public static boolean use(Handle h, SecretHash hash, String grant) {
    return h.createUpdate(
                """
                update device_request set grant_id = :grant
                where hash = :hash and answer = 'allowed' and grant_id is null
                """)
            .bind("grant", grant)
            .bind("hash", hash.bytes())
            .execute()
        == 1;
  }

  private static Device device(ResultSet row) throws SQLException {
    return new Device(
        Columns.hash(row, "hash"),
        Columns.hash(row, "user_hash"),
        new ClientId(row.getString("client_id")),
        new Resource(row.getString("resource")),
        row.getString("scope"),
        row.getString("network"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "expires_at"),
        Duration.ofSeconds(row.getLong("wait")),
        Columns.instant(row, "polled_at"),
        Answer.valueOf(row.getString("answer").toUpperCase(Locale.ROOT)),
        Columns.optionalText(row, "subject").map(Subject::new),
        Columns.optionalText(row, "grant_id"));
  }
}
