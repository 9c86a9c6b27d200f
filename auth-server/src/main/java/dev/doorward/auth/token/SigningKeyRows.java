package dev.doorward.auth.token;

import dev.doorward.auth.ca.P256;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.outcome.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The tables of signing keys and of the last statement about them. */
final class SigningKeyRows {
  /** The last statement that was issued. */
  record Statement(long seq, String issuer, String kids, String jws, Instant issuedAt) {}

  private record Row(
      String kid, byte[] publicKey, byte[] sealedKey, Instant signsFrom, Instant signsUntil) {}

  private SigningKeyRows() {}

  /** All keys, in the order of their turns; fails where they were sealed with another key. */
  static Outcome<List<SigningKey>> load(Handle h, Sealer sealer) {
    List<Row> rows =
        h.createQuery("select * from signing_key order by signs_from")
            .map((r, _) ->
                new Row(
                    r.getString("kid"),
                    r.getBytes("public_key"),
                    r.getBytes("sealed_key"),
                    Instant.ofEpochMilli(r.getLong("signs_from")),
                    Instant.ofEpochMilli(r.getLong("signs_until"))))
            .list();
    Outcome<List<SigningKey>> keys = Outcome.ok(List.of());
    for (Row row : rows) {
      keys = keys.then(before -> open(row, sealer).then(key -> Outcome.ok(with(before, key))));
    }
    return keys;
  }

  private static Outcome<SigningKey> open(Row row, Sealer sealer) {
    return sealer
        .open(purpose(row.kid()), row.sealedKey())
        .then(der ->
            Outcome.ok(
                new SigningKey(
                    row.kid(),
                    P256.publicKey(row.publicKey()).orElseThrow(),
                    P256.privateKey(der),
                    new KeySchedule.Turn(row.signsFrom(), row.signsUntil()))));
  }

  private static List<SigningKey> with(List<SigningKey> keys, SigningKey key) {
    List<SigningKey> more = new ArrayList<>(keys);
    more.add(key);
    return List.copyOf(more);
  }

  static void insert(Handle h, SigningKey key, Sealer sealer, Instant now) {
    h.createUpdate(
            """
            insert into signing_key (kid, public_key, sealed_key, created_at, signs_from, signs_until)
            values (:kid, :public, :sealed, :now, :from, :until)
            """)
        .bind("kid", key.kid())
        .bind("public", key.publicKey().getEncoded())
        .bind("sealed", sealer.seal(purpose(key.kid()), key.privateKey().getEncoded()))
        .bind("now", now.toEpochMilli())
        .bind("from", key.turn().from().toEpochMilli())
        .bind("until", key.turn().until().toEpochMilli())
        .execute();
  }

  static void updateTurn(Handle h, SigningKey key) {
    h.createUpdate("update signing_key set signs_until = :until where kid = :kid")
        .bind("until", key.turn().until().toEpochMilli())
        .bind("kid", key.kid())
        .execute();
  }

  static void delete(Handle h, SigningKey key) {
    h.createUpdate("delete from signing_key where kid = :kid").bind("kid", key.kid()).execute();
  }

  static Optional<Statement> statement(Handle h) {
    return h.createQuery("select * from key_statement")
        .map((r, _) ->
            new Statement(
                r.getLong("seq"),
                r.getString("issuer"),
                r.getString("kids"),
                r.getString("jws"),
                Instant.ofEpochMilli(r.getLong("issued_at"))))
        .findOne();
  }

  static void put(Handle h, Statement statement) {
    h.createUpdate(
            """
            insert or replace into key_statement (one, seq, issuer, kids, jws, issued_at)
            values (1, :seq, :issuer, :kids, :jws, :issued)
            """)
        .bind("seq", statement.seq())
        .bind("issuer", statement.issuer())
        .bind("kids", statement.kids())
        .bind("jws", statement.jws())
        .bind("issued", statement.issuedAt().toEpochMilli())
        .execute();
  }

  private static String purpose(String kid) {
    return "signing-key " + kid;
  }
}
