package dev.doorward.edge.auth.apart;

import dev.doorward.auth.enrol.AgentEntry;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.KeyStatement;
import dev.doorward.common.token.VerificationKeys;
import dev.doorward.policy.authz.ScopeRule;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The edge's copy of what the auth-server's feed says. Written by one thread, that of the feed;
 * everything else answers from memory on any thread. Where the feed was not heard for its bound,
 * every token counts as revoked.
 */
final class Replica {
  /** What a line was about. */
  enum Changed {
    NOTHING,
    RIGHTS,
    AGENTS,
    KEYS,
    EVERYTHING
  }

  /** A line that no auth-server of ours sends; the feed is to be ended. */
  static final class Unusable extends Exception {
    Unusable(String text) {
      super(text);
    }
  }

  /** Agents and the services that were seen of them. */
  record Table(Map<AgentId, AgentEntry> agents, Set<ServiceName> services) {}

  /** What belongs to one reading of the feed from its beginning. */
  private static final class Copy {
    final FeedLine.Hello hello;
    final X509Certificate root;
    final List<ScopeRule> scopes;
    final Set<String> grants = ConcurrentHashMap.newKeySet();
    volatile Map<Subject, FeedLine.Holder> holders = Map.of();
    volatile Table table = new Table(Map.of(), Set.of());
    volatile String statement = "";
    volatile @Nullable VerificationKeys keys;
    volatile long seq;

    Copy(FeedLine.Hello hello, X509Certificate root, List<ScopeRule> scopes) {
      this.hello = hello;
      this.root = root;
      this.scopes = scopes;
    }
  }

  private final Issuer issuer;
  private final Optional<X509Certificate> pinned;
  private final HeardClock clock;
  private final Duration bound;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();

  private @Nullable Copy coming;
  private volatile @Nullable Copy current;
  private volatile long heardAt;

  /**
   * A copy that holds nothing yet.
   *
   * @param pinned the root that it must be, where it is known
   * @param bound how long the feed may be silent
   */
  Replica(
      Issuer issuer,
      Optional<X509Certificate> pinned,
      HeardClock clock,
      Duration bound,
      LongSupplier nanos) {
    this.issuer = issuer;
    this.pinned = pinned;
    this.clock = clock;
    this.bound = bound;
    this.nanos = nanos;
  }

  /** Takes a line in; on the feed's thread only. */
  Changed apply(FeedLine line) throws Unusable {
    if (line.what() instanceof FeedLine.Hello hello) {
      coming = begun(hello);
      return Changed.NOTHING;
    }
    Copy filling = coming;
    Copy copy = filling == null ? current : filling;
    if (copy == null) {
      throw new Unusable("the feed does not begin with its hello");
    }
    Changed changed = apply(copy, line.what());
    copy.seq = line.seq();
    if (filling != null && line.what() instanceof FeedLine.Whole) {
      if (filling.keys == null) {
        throw new Unusable("the feed has no keys");
      }
      current = filling;
      coming = null;
      changed = Changed.EVERYTHING;
    }
    if (coming == null) {
      heardAt = nanos.getAsLong();
      lock.lock();
      try {
        moved.signalAll();
      } finally {
        lock.unlock();
      }
      return changed;
    }
    return Changed.NOTHING;
  }

  /** The feed has ended; what was begun of a new copy is worth nothing. */
  void broken() {
    coming = null;
  }

  private Copy begun(FeedLine.Hello hello) throws Unusable {
    if (!hello.issuer().equals(issuer.value())) {
      throw new Unusable(
          "the auth-server's public-url is " + hello.issuer() + ", the edge's is " + issuer);
    }
    X509Certificate root;
    try {
      root =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(hello.root()));
    } catch (CertificateException e) {
      throw new Unusable("the auth-server's CA has no certificate");
    }
    if (!pinned.map(root::equals).orElse(true) || !(root.getPublicKey() instanceof ECPublicKey)) {
      throw new Unusable("the auth-server names another CA than the one this edge was invited to");
    }
    try {
      List<ScopeRule> scopes =
          hello.scopes().stream()
              .map(s -> new ScopeRule(s.name(), new ServiceName(s.service()), s.tools()))
              .sorted(Comparator.comparing(ScopeRule::scope))
              .toList();
      return new Copy(hello, root, scopes);
    } catch (IllegalArgumentException e) {
      throw new Unusable("a scope is for something that has no service's name");
    }
  }

  private Changed apply(Copy copy, FeedLine.What what) throws Unusable {
    return switch (what) {
      case FeedLine.Hello _, FeedLine.Whole _ -> Changed.NOTHING;
      case FeedLine.Beat(long now) -> {
        clock.heard(Instant.ofEpochMilli(now));
        yield Changed.NOTHING;
      }
      case FeedLine.Keys(String statement) -> {
        copy.keys = keys(copy, statement);
        copy.statement = statement;
        yield Changed.KEYS;
      }
      case FeedLine.Holders(List<FeedLine.Holder> holders) -> {
        Map<Subject, FeedLine.Holder> by = new HashMap<>();
        for (FeedLine.Holder holder : holders) {
          if (!Subject.isValid(holder.subject())) {
            throw new Unusable("somebody has no subject");
          }
          by.put(new Subject(holder.subject()), holder);
        }
        copy.holders = Map.copyOf(by);
        yield Changed.RIGHTS;
      }
      case FeedLine.Agents agents -> {
        copy.table = table(agents);
        yield Changed.AGENTS;
      }
      case FeedLine.Begun(List<String> grants) -> {
        copy.grants.addAll(grants);
        yield Changed.NOTHING;
      }
      case FeedLine.Ended(List<String> grants) -> {
        grants.forEach(copy.grants::remove);
        yield Changed.RIGHTS;
      }
    };
  }

  private VerificationKeys keys(Copy copy, String statement) throws Unusable {
    return switch (KeyStatement.verify(
        statement, (ECPublicKey) copy.root.getPublicKey(), Optional.of(issuer), clock.instant())) {
      case Outcome.Ok<KeyStatement>(KeyStatement verified) -> verified.keys();
      case Outcome.Failed<KeyStatement> failed -> throw new Unusable(failed.problem().text());
    };
  }

  private static Table table(FeedLine.Agents agents) throws Unusable {
    try {
      return new Table(
          agents.agents().stream()
              .map(a ->
                  new AgentEntry(
                      new AgentId(a.id()),
                      a.keys().stream().map(Fingerprint::new).collect(Collectors.toSet()),
                      a.services().stream().map(ServiceName::new).collect(Collectors.toSet()),
                      a.revoked(),
                      Instant.ofEpochMilli(a.enrolledAt()),
                      Instant.ofEpochMilli(a.certificateEnds())))
              .collect(Collectors.toUnmodifiableMap(AgentEntry::id, a -> a)),
          agents.services().stream().map(ServiceName::new).collect(Collectors.toUnmodifiableSet()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new Unusable("the table of agents has something in it that is no agent");
    }
  }

  /** Whether what is held can be relied on: it is whole, and the feed was heard in its bound. */
  boolean isFresh() {
    return current != null && nanos.getAsLong() - heardAt < bound.toNanos();
  }

  /** Whether there ever was something whole. */
  boolean isThere() {
    return current != null;
  }

  /** Whether the token is worth nothing any more, as far as this edge can tell. */
  boolean isRevoked(AccessToken token, Optional<ServiceName> service) {
    Copy copy = current;
    if (copy == null || !isFresh() || service.isEmpty()) {
      return true;
    }
    FeedLine.Holder holder = copy.holders.get(token.subject());
    return holder == null
        || !copy.grants.contains(token.grant())
        || !(holder.all() || holder.services().contains(service.get().value()));
  }

  /** Returns once the copy has everything that {@code answer} brought about, or after a while. */
  boolean await(Answer answer, Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!has(answer)) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Returns once there is something whole, or after a while. */
  boolean awaitWhole(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (current == null) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean has(Answer answer) {
    Copy copy = current;
    return copy != null
        && copy.hello.instance().equals(answer.instance())
        && copy.seq >= answer.seq();
  }

  private Copy whole() {
    Copy copy = current;
    if (copy == null) {
      throw new IllegalStateException("nothing was read yet");
    }
    return copy;
  }

  VerificationKeys keys() {
    VerificationKeys keys = whole().keys;
    return keys == null ? new VerificationKeys(issuer, Map.of()) : keys;
  }

  String statement() {
    return whole().statement;
  }

  Table table() {
    return whole().table;
  }

  X509Certificate root() {
    return whole().root;
  }

  List<ScopeRule> scopes() {
    return whole().scopes;
  }

  String adminSocket() {
    return whole().hello.adminSocket();
  }
}
