package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.AcmeChallenge;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a certificate of a public authority: gets the first, renews it in time, tries again with
 * patience, and remembers over restarts how patient it has to be. What is there is served until
 * there is something better. One thread at a time; {@link #keep} blocks while an order is on its
 * way.
 */
final class CertificateKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);
  private static final Duration ALARM_AGAIN = Duration.ofDays(1);
  private static final Duration LEAST_ADVICE = Duration.ofMinutes(1);
  private static final Duration MOST_ADVICE = Duration.ofDays(1);
  private static final Duration ADVICE_AFTER_SILENCE = Duration.ofHours(6);

  /**
   * What is wanted.
   *
   * @param names of the certificate, lower case
   * @param challenges in the order in which they are tried; never empty
   * @param authorities in the order in which they are asked; never empty
   */
  record Wanted(
      List<String> names,
      Optional<String> profile,
      List<AcmeChallenge> challenges,
      List<Authority> authorities) {
    /** Copies the lists. */
    Wanted {
      names = List.copyOf(names);
      challenges = List.copyOf(challenges);
      authorities = List.copyOf(authorities);
    }

    private String settings() {
      return names + " " + challenges + " " + authorities.stream().map(Authority::name).toList();
    }
  }

  private final Wanted wanted;
  private final CertificateFiles files;
  private final Consumer<TlsIdentity> serve;
  private final InstantSource clock;
  private final RandomGenerator random;

  private volatile KeeperState state;
  private volatile Optional<TlsIdentity> current;

  /**
   * A keeper over what is in {@code files}.
   *
   * @param serve told of each new certificate, from the thread of {@link #keep}
   */
  CertificateKeeper(
      Wanted wanted,
      CertificateFiles files,
      Consumer<TlsIdentity> serve,
      InstantSource clock,
      RandomGenerator random) {
    this.wanted = wanted;
    this.files = files;
    this.serve = serve;
    this.clock = clock;
    this.random = random;
    KeeperState kept = files.state(wanted.settings());
    this.state = kept.settings().equals(wanted.settings()) ? kept : kept.with(wanted.settings());
    this.current = files.certificate();
  }

  /** Does what is due, and at most one order; to be called about once a minute. */
  void keep() {
    Instant now = clock.instant();
    askForAdvice(now);
    alarm(now);
    if (due(now) && !waits(now)) {
      order(now);
    }
  }

  /** Orders now, due or not: the operator says so. Past failures do not count any more. */
  void orderNow() {
    state = state.withoutWaiting();
    order(clock.instant());
  }

  /** What it remembers. */
  KeeperState state() {
    return state;
  }

  /** What it serves. */
  Optional<TlsIdentity> current() {
    return current;
  }

  /** When the certificate is renewed; the past where there is none, or one of other names. */
  Instant dueAt() {
    if (current.isEmpty()) {
      return Instant.EPOCH;
    }
    X509Certificate leaf = current.get().chain().getFirst();
    if (!CertificateNames.of(leaf).containsAll(wanted.names())) {
      return Instant.EPOCH;
    }
    return RenewalTimes.due(
        leaf.getNotBefore().toInstant(),
        leaf.getNotAfter().toInstant(),
        state.renewal().window(),
        state.renewal().fraction());
  }

  private boolean due(Instant now) {
    return !now.isBefore(dueAt());
  }

  /** A wait longer than any that is ever set comes of a clock that was wrong, and does not hold. */
  private boolean waits(Instant now) {
    Instant until = state.tries().notBefore();
    return now.isBefore(until) && until.isBefore(now.plus(RenewalTimes.LONGEST_WAIT.plusDays(1)));
  }

  private void askForAdvice(Instant now) {
    KeeperState.Renewal renewal = state.renewal();
    if (current.isEmpty() || now.isBefore(renewal.askAt())) {
      return;
    }
    Optional<Authority> issuer =
        wanted.authorities().stream().filter(a -> a.name().equals(renewal.issuedBy())).findFirst();
    if (issuer.isEmpty()) {
      return;
    }
    Optional<Authority.Advice> advice = issuer.get().advice(current.get().chain().getFirst());
    Duration again =
        advice
            .map(Authority.Advice::again)
            .map(a -> a.compareTo(LEAST_ADVICE) < 0 ? LEAST_ADVICE : a)
            .map(a -> a.compareTo(MOST_ADVICE) > 0 ? MOST_ADVICE : a)
            .orElse(ADVICE_AFTER_SILENCE);
    Optional<RenewalWindow> window = advice.map(Authority.Advice::window).or(renewal::window);
    remember(
        state.with(
            new KeeperState.Renewal(
                renewal.issuedBy(), renewal.fraction(), window, now.plus(again))));
  }

  private void alarm(Instant now) {
    if (current.isEmpty() || now.isBefore(state.alarmed().plus(ALARM_AGAIN))) {
      return;
    }
    X509Certificate leaf = current.get().chain().getFirst();
    Instant end = leaf.getNotAfter().toInstant();
    if (RenewalTimes.alarming(
        leaf.getNotBefore().toInstant(), end, now, state.tries().failures())) {
      remember(state.alarmedAt(now));
      LOG.atError()
          .addKeyValue("event", "certificate_ending")
          .addKeyValue("reason", Reason.CERTIFICATE_ENDING)
          .addKeyValue("ends", end)
          .addKeyValue("failures", state.tries().failures())
          .addKeyValue("cause", state.tries().reason())
          .log(
              "the public certificate "
                  + (now.isBefore(end) ? "ends soon" : "has ended")
                  + " and cannot be renewed: "
                  + state.tries().text());
    }
  }

  private void order(Instant now) {
    KeeperState.Tries tries = state.tries();
    Optional<Authority> free =
        wanted.authorities().stream()
            .filter(a -> !now.isBefore(tries.of(a.name()).retryAt()))
            .min(Comparator.comparingInt(a -> tries.of(a.name()).failures()));
    if (free.isEmpty()) {
      return; // all of them want to be asked later
    }
    Authority authority = free.get();
    Duration left =
        current
            .map(c -> Duration.between(now, c.chain().getFirst().getNotAfter().toInstant()))
            .orElse(Duration.ZERO);
    Duration wait = RenewalTimes.retry(tries.failures() + 1, left, random.nextDouble());
    if (!remember(state.begun(authority.name(), now.plus(wait)))) {
      return; // without a memory it would ask at each start
    }
    int turn = tries.unproven() % wanted.challenges().size();
    Optional<X509Certificate> replaces =
        current
            .filter(_ -> state.renewal().issuedBy().equals(authority.name()))
            .map(c -> c.chain().getFirst());
    var order =
        new CertificateOrder(
            wanted.names(), wanted.profile(), wanted.challenges().get(turn), replaces);
    switch (authority.issue(order)) {
      case Issuance.Done(TlsIdentity identity) -> take(authority, identity);
      case Issuance.Failed(Problem problem, Optional<Instant> retryAt) ->
          failed(authority, order, problem, retryAt.orElse(Instant.EPOCH), now);
    }
  }

  private void take(Authority authority, TlsIdentity identity) {
    current = Optional.of(identity);
    serve.accept(identity);
    try {
      files.write(identity);
    } catch (IOException | CertificateEncodingException e) {
      LOG.atError()
          .addKeyValue("event", "certificate_not_kept")
          .addKeyValue("reason", Reason.STORE_FAILED)
          .log("the certificate is served but cannot be written; after a restart it is missing");
    }
    X509Certificate leaf = identity.chain().getFirst();
    // Whatever window an authority gives, one that is always over must not mean orders without end.
    Instant rest =
        clock
            .instant()
            .plus(
                RenewalTimes.rest(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()));
    remember(state.done(authority.name(), random.nextDouble(), rest));
    LOG.atInfo()
        .addKeyValue("event", "certificate_obtained")
        .addKeyValue("authority", authority.name())
        .addKeyValue("names", String.join(",", wanted.names()))
        .addKeyValue("ends", leaf.getNotAfter().toInstant())
        .addKeyValue("renewal", dueAt())
        .log("new connections use it");
  }

  private void failed(
      Authority authority, CertificateOrder order, Problem problem, Instant retryAt, Instant now) {
    Instant latest = now.plus(RenewalTimes.LONGEST_WAIT);
    Instant bounded = retryAt.isAfter(latest) ? latest : retryAt;
    remember(state.failed(authority.name(), problem.reason(), problem.text(), bounded));
    LOG.atWarn()
        .addKeyValue("event", "certificate_not_obtained")
        .addKeyValue("reason", problem.reason())
        .addKeyValue("authority", authority.name())
        .addKeyValue("challenge", order.challenge())
        .addKeyValue("failures", state.tries().failures())
        .addKeyValue("next", nextAttempt())
        .log(problem.text());
  }

  /** When the next attempt may begin at the earliest. */
  Instant nextAttempt() {
    Instant earliest =
        wanted.authorities().stream()
            .map(a -> state.tries().of(a.name()).retryAt())
            .min(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    Instant own = state.tries().notBefore();
    return own.isAfter(earliest) ? own : earliest;
  }

  private boolean remember(KeeperState next) {
    state = next;
    try {
      files.write(next);
      return true;
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("event", "certificate_state_not_kept")
          .addKeyValue("reason", Reason.STORE_FAILED)
          .log("the state of the certificate cannot be written; check the disk");
      return false;
    }
  }
}
