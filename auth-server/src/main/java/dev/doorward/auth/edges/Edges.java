package dev.doorward.auth.edges;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.enrol.CertificateRequest;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The edges of other machines that may ask. {@link #knows} answers from memory; the rest blocks on
 * storage. Safe on any thread.
 */
public final class Edges {
  /** How long a certificate of an edge is good for; it is renewed after two thirds. */
  public static final Duration CERTIFICATE_LIFE = Duration.ofDays(30);

  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final Duration MOST = Duration.ofDays(7);

  private final Database database;
  private final CertificateAuthority authority;
  private final Journal journal;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ReentrantLock changes = new ReentrantLock();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<String, EdgeEntry> known;

  /** Reads the table; blocks. */
  public Edges(
      Database database,
      CertificateAuthority authority,
      AuditSink audit,
      InstantSource clock,
      SecureRandom random) {
    this.database = database;
    this.authority = authority;
    this.journal = new Journal(audit, clock);
    this.clock = clock;
    this.random = random;
    this.known = database.jdbi().withHandle(EdgeRows::load);
  }

  /** An invite and until when it works. */
  public record Invited(String invite, String edge, Instant expiresAt) {}

  /**
   * A new invite.
   *
   * @param address {@code host:port} where the edge finds this auth-server
   */
  public Outcome<Invited> invite(String name, String address, Duration life) {
    if (!AgentId.isValid(name)) {
      return Outcome.failed(
          Reason.USAGE,
          "An edge's name has 1 to 32 characters of a-z, 0-9 and -, and no - at its ends.");
    }
    if (life.compareTo(LEAST) < 0 || life.compareTo(MOST) > 0) {
      return Outcome.failed(Reason.USAGE, "An invite can be made for 1 minute to 7 days.");
    }
    Instant now = clock.instant();
    Secret secret = new Secret(draw(32));
    var row =
        new EdgeRows.InviteRow(
            draw(9), SecretHash.of(secret.reveal()), name, now.plus(life), false);
    database
        .jdbi()
        .useTransaction(h -> {
          EdgeRows.insert(h, row, now);
          journal.note("edge_invited", Map.of("edge", name, "invite", row.id()));
        });
    return Outcome.ok(
        new Invited(
            EdgeInvite.encode(new Invite(address, row.id(), secret, root())),
            name,
            row.expiresAt()));
  }

  /** Uses an invite, once, whatever races; the names in the request count for nothing. */
  public Outcome<List<X509Certificate>> join(String id, String secret, byte[] csr) {
    boolean known =
        database
            .jdbi()
            .withHandle(h -> EdgeRows.find(h, id))
            .filter(row -> row.hash().equals(SecretHash.of(secret)))
            .isPresent();
    return known
        ? CertificateRequest.read(csr).then(request -> join(id, secret, request))
        : notInvited();
  }

  private Outcome<List<X509Certificate>> join(
      String id, String secret, CertificateRequest request) {
    Instant now = clock.instant();
    Optional<List<X509Certificate>> chain =
        change(h ->
            EdgeRows.find(h, id)
                .filter(row -> row.hash().equals(SecretHash.of(secret)))
                .filter(row -> EdgeRows.use(h, id, now))
                .map(row -> {
                  List<X509Certificate> made =
                      certify(h, row.edge(), Set.of(request.fingerprint()), request, now);
                  journal.note(
                      "edge_joined",
                      Map.of("edge", row.edge(), "key", request.fingerprint().hex()));
                  return made;
                }));
    return chain.map(Outcome::ok).orElseGet(Edges::notInvited);
  }

  private static <T> Outcome<T> notInvited() {
    return Outcome.failed(
        Reason.INVITE_UNKNOWN,
        "The auth-server knows no such invite, or it was used or has ended; make a new one on its"
            + " host with: doorward edges invite NAME");
  }

  /** A fresh certificate for an edge that has shown {@code current}. */
  public Outcome<List<X509Certificate>> renew(
      String name, Fingerprint current, CertificateRequest request) {
    Optional<List<X509Certificate>> chain =
        change(h ->
            Optional.ofNullable(known.get(name))
                .filter(entry -> entry.keys().contains(current))
                .map(entry ->
                    certify(
                        h,
                        name,
                        current.equals(request.fingerprint())
                            ? Set.of(current)
                            : Set.of(current, request.fingerprint()),
                        request,
                        entry.joinedAt())));
    return chain.map(Outcome::ok).orElseGet(Edges::unknown);
  }

  private List<X509Certificate> certify(
      Handle h, String name, Set<Fingerprint> keys, CertificateRequest request, Instant joinedAt) {
    List<X509Certificate> chain = authority.edge(name, request.key(), CERTIFICATE_LIFE);
    Instant ends = chain.getFirst().getNotAfter().toInstant();
    EdgeRows.put(h, new EdgeEntry(name, keys, joinedAt, ends));
    return chain;
  }

  /** Whether an edge that shows a certificate for {@code key} may ask. */
  public boolean knows(String name, Fingerprint key) {
    EdgeEntry entry = known.get(name);
    return entry != null && entry.keys().contains(key);
  }

  /** All of them by name. */
  public List<EdgeEntry> list() {
    return known.values().stream().sorted(Comparator.comparing(EdgeEntry::name)).toList();
  }

  /** Takes an edge off the table; its connections end at once. */
  public Outcome<EdgeEntry> remove(String name) {
    EdgeEntry entry = known.get(name);
    if (entry == null) {
      return unknown();
    }
    return change(h -> {
      EdgeRows.delete(h, name);
      journal.note("edge_removed", Map.of("edge", name));
      return Outcome.ok(entry);
    });
  }

  /** Calls {@code listener} after each change, on the thread that changed; it must not block. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private <T> T change(Function<Handle, T> work) {
    record Changed<T>(T result, Map<String, EdgeEntry> known) {}
    T result;
    changes.lock();
    try {
      Changed<T> changed =
          database.jdbi().inTransaction(h -> new Changed<>(work.apply(h), EdgeRows.load(h)));
      known = changed.known();
      result = changed.result();
    } finally {
      changes.unlock();
    }
    listeners.forEach(Runnable::run);
    return result;
  }

  private static <T> Outcome<T> unknown() {
    return Outcome.failed(
        Reason.EDGE_UNKNOWN, "There is no edge of that name; list them with: doorward edges list");
  }

  private Fingerprint root() {
    try {
      return Fingerprint.of(authority.root().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("the root was read from DER", e);
    }
  }

  private String draw(int bytes) {
    byte[] drawn = new byte[bytes];
    random.nextBytes(drawn);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
  }
}
