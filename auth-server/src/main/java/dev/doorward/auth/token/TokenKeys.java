package dev.doorward.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.token.VerificationKeys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's signing keys: made at the first start, sealed in the database, replaced by turns so
 * that every verifier knows the next key before it signs. Everything but {@link #maintain} answers
 * from memory. Safe on any thread.
 */
public final class TokenKeys implements TokenSigner {
  private static final JOSEObjectType ACCESS_TOKEN = new JOSEObjectType("at+jwt");
  private static final Duration STATEMENT_LIFE = Duration.ofDays(7);
  private static final Duration STATEMENT_REISSUED = Duration.ofDays(1);
  private static final Logger LOG = LoggerFactory.getLogger(TokenKeys.class);

  private final Database database;
  private final Sealer sealer;
  private final CertificateAuthority authority;
  private final Issuer issuer;
  private final KeySchedule schedule;
  private final InstantSource clock;
  private final SecureRandom random;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock changes = new ReentrantLock();
  private volatile KeySnapshot snapshot;

  private TokenKeys(
      Database database,
      Sealer sealer,
      CertificateAuthority authority,
      Issuer issuer,
      KeySchedule schedule,
      InstantSource clock,
      SecureRandom random,
      List<SigningKey> stored) {
    this.database = database;
    this.sealer = sealer;
    this.authority = authority;
    this.issuer = issuer;
    this.schedule = schedule;
    this.clock = clock;
    this.random = random;
    this.snapshot = database.jdbi().inTransaction(h -> brought(h, stored));
  }

  /** Reads the keys, makes the first one at the first start, and does what is due. Blocks. */
  public static Outcome<TokenKeys> open(
      Database database,
      Sealer sealer,
      CertificateAuthority authority,
      Issuer issuer,
      KeySchedule schedule,
      InstantSource clock,
      SecureRandom random) {
    return database
        .jdbi()
        .inTransaction(h -> SigningKeyRows.load(h, sealer))
        .then(stored ->
            Outcome.ok(
                new TokenKeys(
                    database, sealer, authority, issuer, schedule, clock, random, stored)));
  }

  /** The public keys: those that sign, those that will, and those whose tokens may still live. */
  public VerificationKeys keys() {
    return snapshot.keys();
  }

  /** The same as a JWK set (RFC 7517 section 5). */
  public String jwks() {
    return snapshot.jwks();
  }

  /** The same, signed by the internal CA: what agents believe (common.token.KeyStatement). */
  public String keyStatement() {
    return snapshot.statement().jws();
  }

  @Override
  public String sign(Map<String, Object> claims) {
    KeySnapshot.Signer turn = snapshot.at(clock.instant());
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(ACCESS_TOKEN)
            .keyID(turn.key().kid())
            .build();
    JWSObject jws = new JWSObject(header, new Payload(claims));
    try {
      jws.sign(turn.signer());
    } catch (JOSEException e) {
      throw new IllegalStateException("a key on P-256 signs ES256", e);
    }
    return jws.serialize();
  }

  /**
   * Makes the next key, drops keys that are over and issues the statement anew, where that is due.
   * To be called once an hour or more often. Blocks on storage.
   */
  public void maintain() {
    boolean changed;
    changes.lock();
    try {
      KeySnapshot before = snapshot;
      List<SigningKey> keys = before.signers().stream().map(KeySnapshot.Signer::key).toList();
      snapshot = database.jdbi().inTransaction(h -> brought(h, keys));
      changed = snapshot.statement().seq() != before.statement().seq();
    } finally {
      changes.unlock();
    }
    if (changed) {
      listeners.forEach(Runnable::run);
    }
  }

  /** Calls {@code listener} after each new statement, on the thread of {@link #maintain}. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Brings keys and statement up to date. */
  private KeySnapshot brought(Handle h, List<SigningKey> stored) {
    Instant now = clock.instant();
    List<SigningKey> keys = new ArrayList<>(stored);
    Optional<KeySchedule.Turn> due =
        schedule.due(keys.stream().map(SigningKey::turn).toList(), now);
    if (due.isPresent()) {
      if (!keys.isEmpty()) {
        SigningKey extended = keys.removeLast().until(due.get());
        SigningKeyRows.updateTurn(h, extended);
        keys.add(extended);
      }
      SigningKey next = SigningKey.generate(due.get(), random);
      SigningKeyRows.insert(h, next, sealer, now);
      keys.add(next);
      noted("signing_key_made", next);
    }
    keys.removeIf(key -> {
      boolean over = schedule.isOver(key.turn(), now);
      if (over) {
        SigningKeyRows.delete(h, key);
        noted("signing_key_dropped", key);
      }
      return over;
    });
    return KeySnapshot.of(keys, statement(h, keys, now), issuer);
  }

  private SigningKeyRows.Statement statement(Handle h, List<SigningKey> keys, Instant now) {
    String kids = keys.stream().map(SigningKey::kid).sorted().collect(Collectors.joining("\n"));
    Optional<SigningKeyRows.Statement> last = SigningKeyRows.statement(h);
    if (last.isPresent()
        && last.get().issuer().equals(issuer.value())
        && last.get().kids().equals(kids)
        && !last.get().issuedAt().isAfter(now)
        && last.get().issuedAt().plus(STATEMENT_REISSUED).isAfter(now)) {
      return last.get();
    }
    long seq = last.map(SigningKeyRows.Statement::seq).orElse(0L) + 1;
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("iss", issuer.value());
    payload.put("iat", now.getEpochSecond());
    payload.put("exp", now.plus(STATEMENT_LIFE).getEpochSecond());
    payload.put("seq", seq);
    payload.put("keys", keys.stream().map(key -> key.jwk().toJSONObject()).toList());
    String jws =
        authority.signKeyStatement(
            JSONObjectUtils.toJSONString(payload).getBytes(StandardCharsets.UTF_8));
    var statement = new SigningKeyRows.Statement(seq, issuer.value(), kids, jws, now);
    SigningKeyRows.put(h, statement);
    return statement;
  }

  private static void noted(String event, SigningKey key) {
    LOG.atInfo()
        .addKeyValue("event", event)
        .addKeyValue("kid", key.kid())
        .addKeyValue("signs_from", key.turn().from())
        .log("the set of signing keys changes");
  }
}
