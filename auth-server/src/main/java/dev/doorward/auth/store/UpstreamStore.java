package dev.doorward.auth.store;

import dev.doorward.common.identity.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables of accounts elsewhere and of sign-ins on their way through a provider. */
public final class UpstreamStore {
  /**
   * An account elsewhere.
   *
   * @param id names it on pages
   * @param shown what the provider calls it; never compared with anything
   * @param admitted whether its person came in by an allow-list, and not by invitation
   * @param checkedAt when the provider last confirmed what let it in
   * @param token sealed; only where membership must be asked for again
   */
  public record Identity(
      String issuer,
      String upstreamId,
      String id,
      String provider,
      Subject subject,
      String shown,
      boolean admitted,
      Instant createdAt,
      Instant usedAt,
      Instant checkedAt,
      Optional<byte[]> token) {}

  /**
   * A sign-in on its way.
   *
   * @param session whose account it is to be linked to
   * @param setup the setup link that it stands for
   */
  public record Attempt(
      SecretHash state,
      SecretHash browser,
      String provider,
      String onward,
      Optional<SecretHash> session,
      Optional<SecretHash> setup,
      String network,
      Instant expiresAt) {}

  private UpstreamStore() {}

  /** The account with that identifier at that issuer. */
  public static Optional<Identity> find(Handle h, String issuer, String upstreamId) {
    return h.createQuery("select * from upstream_identity where issuer = :i and upstream_id = :u")
        .bind("i", issuer)
        .bind("u", upstreamId)
        .map((row, _) -> identity(row))
        .findOne();
  }

  /** A person's accounts elsewhere, the oldest first. */
  public static List<Identity> of(Handle h, Subject subject) {
    return h.createQuery("select * from upstream_identity where subject = :s order by created_at")
        .bind("s", subject.value())
        .map((row, _) -> identity(row))
        .list();
  }

  /** Whether the person came in by an allow-list and by nothing else. */
  public static boolean isAdmittedOnly(Handle h, Subject subject) {
    return of(h, subject).stream().anyMatch(Identity::admitted);
  }

  /** Accounts whose membership was not confirmed since {@code before}. */
  public static List<Identity> unconfirmed(Handle h, Instant before, int most) {
    return h.createQuery(
            """
            select * from upstream_identity where token is not null and checked_at <= :t
            order by checked_at limit :most
            """)
        .bind("t", before.toEpochMilli())
        .bind("most", most)
        .map((row, _) -> identity(row))
        .list();
  }

  /** Adds an account elsewhere. */
  public static void insert(Handle h, Identity identity) {
    h.createUpdate(
            """
            insert into upstream_identity values (:issuer, :upstream, :id, :provider, :subject,
              :shown, :admitted, :created, :used, :checked, :token)
            """)
        .bind("issuer", identity.issuer())
        .bind("upstream", identity.upstreamId())
        .bind("id", identity.id())
        .bind("provider", identity.provider())
        .bind("subject", identity.subject().value())
        .bind("shown", identity.shown())
        .bind("admitted", identity.admitted())
        .bind("created", identity.createdAt().toEpochMilli())
        .bind("used", identity.usedAt().toEpochMilli())
        .bind("checked", identity.checkedAt().toEpochMilli())
        .bind("token", identity.token().orElse(null))
        .execute();
  }

  /** Notes a sign-in, and the token to ask about membership with. */
  public static void used(Handle h, String id, String shown, Instant now, Optional<byte[]> token) {
    h.createUpdate(
            """
            update upstream_identity set shown = :shown, used_at = :now, checked_at = :now,
              token = :token where id = :id
            """)
        .bind("shown", shown)
        .bind("now", now.toEpochMilli())
        .bind("token", token.orElse(null))
        .bind("id", id)
        .execute();
  }

  /** Notes that membership was confirmed. */
  public static void confirmed(Handle h, String id, Instant now) {
    h.createUpdate("update upstream_identity set checked_at = :now where id = :id")
        .bind("now", now.toEpochMilli())
        .bind("id", id)
        .execute();
  }

  /** Forgets the token: nothing is asked with it any more. */
  public static void forgetToken(Handle h, String id) {
    h.createUpdate("update upstream_identity set token = null where id = :id")
        .bind("id", id)
        .execute();
  }

  /** The person was invited after all: their accounts elsewhere stay theirs without a list. */
  public static void invited(Handle h, Subject subject) {
    h.createUpdate("update upstream_identity set admitted = 0, token = null where subject = :s")
        .bind("s", subject.value())
        .execute();
  }

  /** Takes a person's account elsewhere away; whether there was one. */
  public static boolean delete(Handle h, Subject subject, String id) {
    return h.createUpdate("delete from upstream_identity where subject = :s and id = :id")
            .bind("s", subject.value())
            .bind("id", id)
            .execute()
        == 1;
  }

  /** Begins a sign-in; the oldest of a network go where it has more than {@code most}. */
  public static void begin(Handle h, Attempt attempt, int most) {
    h.createUpdate(
            """
            insert into upstream_attempt values (:state, :browser, :provider, :onward, :session,
              :setup, :network, :expires)
            """)
        .bind("state", attempt.state().bytes())
        .bind("browser", attempt.browser().bytes())
        .bind("provider", attempt.provider())
        .bind("onward", attempt.onward())
        .bind("session", attempt.session().map(SecretHash::bytes).orElse(null))
        .bind("setup", attempt.setup().map(SecretHash::bytes).orElse(null))
        .bind("network", attempt.network())
        .bind("expires", attempt.expiresAt().toEpochMilli())
        .execute();
    h.createUpdate(
            """
            delete from upstream_attempt where network = :network and state_hash not in (
              select state_hash from upstream_attempt where network = :network
              order by expires_at desc limit :most)
            """)
        .bind("network", attempt.network())
        .bind("most", most)
        .execute();
  }

  /** Takes a sign-in that began in that browser; for exactly one of those who try. */
  public static Optional<Attempt> take(
      Handle h, SecretHash state, SecretHash browser, String provider, Instant now) {
    Optional<Attempt> found =
        h.createQuery(
                """
                select * from upstream_attempt where state_hash = :state
                  and browser_hash = :browser and provider = :provider and expires_at > :now
                """)
            .bind("state", state.bytes())
            .bind("browser", browser.bytes())
            .bind("provider", provider)
            .bind("now", now.toEpochMilli())
            .map((row, _) ->
                new Attempt(
                    state,
                    browser,
                    provider,
                    row.getString("onward"),
                    hash(row, "session_hash"),
                    hash(row, "setup_hash"),
                    row.getString("network"),
                    Columns.instant(row, "expires_at")))
            .findOne();
    found.ifPresent(_ ->
        h.createUpdate("delete from upstream_attempt where state_hash = :state")
            .bind("state", state.bytes())
            .execute());
    return found;
  }

  private static Optional<SecretHash> hash(ResultSet row, String column) throws SQLException {
    byte @Nullable [] bytes = row.getBytes(column);
    return Optional.ofNullable(bytes).map(SecretHash::stored);
  }

  private static Identity identity(ResultSet row) throws SQLException {
    byte @Nullable [] token = row.getBytes("token");
    return new Identity(
        row.getString("issuer"),
        row.getString("upstream_id"),
        row.getString("id"),
        row.getString("provider"),
        new Subject(row.getString("subject")),
        row.getString("shown"),
        row.getBoolean("admitted"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "used_at"),
        Columns.instant(row, "checked_at"),
        Optional.ofNullable(token));
  }
}
