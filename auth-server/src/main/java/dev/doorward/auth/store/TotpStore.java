package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables of second factors, of recovery codes, and of sign-ins that wait for either. */
public final class TotpStore {
  /**
   * A second factor.
   *
   * @param sealed the shared secret
   * @param lastStep the newest time step that was used
   * @param confirmedAt empty until the first right code
   */
  public record Totp(byte[] sealed, long lastStep, Optional<Instant> confirmedAt) {}

  /** A right password that waits; {@code onward} is where it leads. */
  public record Waiting(Subject subject, String onward, int failures) {}

  private TotpStore() {}

  /** A person's second factor, confirmed or not. */
  public static Optional<Totp> find(Handle h, Subject subject) {
    return h.createQuery("select * from totp where subject = :s")
        .bind("s", subject.value())
        .map((row, _) ->
            new Totp(
                row.getBytes("secret"),
                row.getLong("last_step"),
                Columns.optionalInstant(row, "confirmed_at")))
        .findOne();
  }

  /** Whether a person has a confirmed second factor. */
  public static boolean isOn(Handle h, Subject subject) {
    return find(h, subject).flatMap(Totp::confirmedAt).isPresent();
  }

  /** Begins a second factor that is to be confirmed; a confirmed one stays as it is. */
  public static void begin(Handle h, Subject subject, byte[] sealed) {
    h.createUpdate("delete from totp where subject = :s and confirmed_at is null")
        .bind("s", subject.value())
        .execute();
    h.createUpdate("insert into totp values (:s, :secret, 0, null) on conflict do nothing")
        .bind("s", subject.value())
        .bind("secret", sealed)
        .execute();
  }

  /** Uses a time step up; true for exactly one of those who try, and for no earlier step. */
  public static boolean useStep(Handle h, Subject subject, long step) {
    return h.createUpdate("update totp set last_step = :t where subject = :s and last_step < :t")
            .bind("t", step)
            .bind("s", subject.value())
            .execute()
        == 1;
  }

  /** Notes that the person's device makes right codes. */
  public static void confirm(Handle h, Subject subject, Instant now) {
    h.createUpdate("update totp set confirmed_at = :now where subject = :s")
        .bind("now", now.toEpochMilli())
        .bind("s", subject.value())
        .execute();
  }

  /** Takes the second factor away, with its recovery codes. */
  public static void delete(Handle h, Subject subject) {
    h.createUpdate("delete from totp where subject = :s").bind("s", subject.value()).execute();
    h.createUpdate("delete from recovery_code where subject = :s")
        .bind("s", subject.value())
        .execute();
  }

  /** Replaces a person's recovery codes, given as keyed hashes. */
  public static void setCodes(Handle h, Subject subject, List<byte[]> hashes) {
    h.createUpdate("delete from recovery_code where subject = :s")
        .bind("s", subject.value())
        .execute();
    for (byte[] hash : hashes) {
      h.createUpdate("insert into recovery_code values (:h, :s)")
          .bind("h", hash)
          .bind("s", subject.value())
          .execute();
    }
  }

  /** How many recovery codes are left. */
  public static int codesLeft(Handle h, Subject subject) {
    return h.createQuery("select count(*) from recovery_code where subject = :s")
        .bind("s", subject.value())
        .mapTo(Integer.class)
        .one();
  }

  /** Uses a recovery code up; true for exactly one of those who try. */
  public static boolean useCode(Handle h, Subject subject, byte[] hash) {
    return h.createUpdate("delete from recovery_code where hash = :h and subject = :s")
            .bind("h", hash)
            .bind("s", subject.value())
            .execute()
        == 1;
  }

  /** Has a sign-in wait for the second factor, in one browser. */
  public static void insertWaiting(
      Handle h, SecretHash id, SecretHash browser, Waiting waiting, Instant expiresAt) {
    h.createUpdate(
            "insert into second_step values (:id, :browser, :s, :onward, :failures, :expires)")
        .bind("id", id.bytes())
        .bind("browser", browser.bytes())
        .bind("s", waiting.subject().value())
        .bind("onward", waiting.onward())
        .bind("failures", waiting.failures())
        .bind("expires", expiresAt.toEpochMilli())
        .execute();
  }

  /** The sign-in that waits in that browser. */
  public static Optional<Waiting> waiting(
      Handle h, SecretHash id, SecretHash browser, Instant now) {
    return h.createQuery(
            """
            select * from second_step where hash = :id and browser_hash = :browser
              and expires_at > :now
            """)
        .bind("id", id.bytes())
        .bind("browser", browser.bytes())
        .bind("now", now.toEpochMilli())
        .map((row, _) ->
            new Waiting(
                new Subject(row.getString("subject")),
                row.getString("onward"),
                row.getInt("failures")))
        .findOne();
  }

  /** Counts a wrong code against the sign-in that waits. */
  public static void countFailure(Handle h, SecretHash id) {
    h.createUpdate("update second_step set failures = failures + 1 where hash = :id")
        .bind("id", id.bytes())
        .execute();
  }

  /** Ends a sign-in that waits; true for exactly one of those who try. */
  public static boolean take(Handle h, SecretHash id) {
    return h.createUpdate("delete from second_step where hash = :id")
            .bind("id", id.bytes())
            .execute()
        == 1;
  }
}
