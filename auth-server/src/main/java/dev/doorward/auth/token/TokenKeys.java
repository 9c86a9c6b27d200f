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
import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
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
import java.util.function.Function;
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
  private final AuditSink audit;
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
      AuditSink audit,
      InstantSource clock,
      SecureRandom random,
      List<SigningKey> stored) {
    this.database = database;
    this.sealer = sealer;
    this.authority = authority;
    this.issuer = issuer;
    this.schedule = schedule;
    this.audit = audit;
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
      AuditSink audit,
      InstantSource clock,
      SecureRandom random) {
    return database
        .jdbi()
        .inTransaction(h -> SigningKeyRows.load(h, sealer))
        .then(stored ->
            Outcome.ok(
                new TokenKeys(
                    database, sealer, authority, issuer, schedule, audit, clock, random, stored)));
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
    swap(_ -> held());
  }

  private List<SigningKey> held() {
    return snapshot.signers().stream().map(KeySnapshot.Signer::key).toList();
  }

  /** Changes the keys, does what is due then, and tells where the statement is another one. */
  private void swap(Function<Handle, List<SigningKey>> change) {
    boolean changed;
    changes.lock();
    try {
      KeySnapshot before = snapshot;
      snapshot = database.jdbi().inTransaction(h -> brought(h, change.apply(h)));
      changed = snapshot.statement().seq() != before.statement().seq();
    } finally {
      changes.unlock();
    }
    if (changed) {
      listeners.forEach(Runnable::run);
    }
  }

  /** A key and where it stands. */
  public record KeyState(String kid, String state, Instant signsFrom, Instant signsUntil) {}

  /** The keys in the order of their turns. */
  public List<KeyState> list() {
    KeySnapshot now = snapshot;
    Instant at = clock.instant();
    SigningKey turn = now.at(at).key();
    return now.signers().stream()
        .map(KeySnapshot.Signer::key)
        .map(key ->
            new KeyState(
                key.kid(),
                key.equals(turn) ? "signing" : key.turn().from().isAfter(at) ? "next" : "kept",
                key.turn().from(),
                key.turn().until()))
        .toList();
  }

  /**
   * Makes the next key now, where none waits for its turn yet: it is published and signs after the
   * time that everybody has to see it. Blocks on storage.
   */
  public void rotate() {
    swap(h -> {
      List<SigningKey> keys = held();
      Instant now = clock.instant();
      if (keys.getLast().turn().from().isAfter(now)) {
        return keys;
      }
      Instant from = now.plus(schedule.ahead());
      return followed(h, keys, new KeySchedule.Turn(from, from.plus(schedule.signing())), now);
    });
  }

  /**
   * For a key that got out: a new key signs at once, and what any other key signed is worth nothing
   * from this moment. Blocks on storage.
   */
  public void replace() {
    swap(h -> {
      Instant now = clock.instant();
      for (SigningKey old : held()) {
        SigningKeyRows.delete(h, old);
        noted("signing_key_dropped", old);
      }
      return followed(h, List.of(), new KeySchedule.Turn(now, now.plus(schedule.signing())), now);
    });
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
      keys = followed(h, keys, due.get(), now);
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

  /** The keys and one more, until whose turn the last one goes on. */
  private List<SigningKey> followed(
      Handle h, List<SigningKey> stored, KeySchedule.Turn turn, Instant now) {
    List<SigningKey> keys = new ArrayList<>(stored);
    if (!keys.isEmpty()) {
      SigningKey extended = keys.removeLast().until(turn);
      SigningKeyRows.updateTurn(h, extended);
      keys.add(extended);
    }
    SigningKey next = SigningKey.generate(turn, random);
    SigningKeyRows.insert(h, next, sealer, now);
    keys.add(next);
    noted("signing_key_made", next);
    return keys;
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

  private void noted(String event, SigningKey key) {
    audit
        .append(
            new AuditEvent.Noted(
                clock.instant(),
                event,
                Map.of("kid", key.kid(), "signs_from", key.turn().from().toString())))
        .whenComplete((_, failure) -> {
          if (failure != null) {
            LOG.atError()
                .addKeyValue("event", event)
                .addKeyValue("reason", Reason.AUDIT_UNAVAILABLE)
                .log("the change of a signing key could not be recorded");
          }
        });
    LOG.atInfo()
        .addKeyValue("event", event)
        .addKeyValue("kid", key.kid())
        .addKeyValue("signs_from", key.turn().from())
        .log("the set of signing keys changes");
  }
}
