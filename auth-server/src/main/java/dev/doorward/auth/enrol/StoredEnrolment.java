package dev.doorward.auth.enrol;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.store.Database;
import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enrolment over the database: invites are stored as hashes, used by one atomic update. */
public final class StoredEnrolment implements Enrolment {
  /** Life of an agent's certificate. */
  public static final Duration CERTIFICATE_LIFE = Duration.ofDays(7);

  /** How long after its end a certificate is renewed without a link, unless configured. */
  public static final Duration RENEWAL_GRACE = Duration.ofDays(30);

  private static final Duration SHORTEST_INVITE = Duration.ofMinutes(1);
  private static final Duration LONGEST_INVITE = Duration.ofDays(7);

  /** How long an ended invite is remembered, so that its late user is told what happened. */
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private static final int AUDIT_SECONDS = 5;
  private static final Logger LOG = LoggerFactory.getLogger(StoredEnrolment.class);

  private final Database database;
  private final AgentTable agents;
  private final CertificateAuthority authority;
  private final Issuer issuer;
  private final Duration grace;
  private final AuditSink audit;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * Invites will name the public port of {@code issuer}.
   *
   * @param grace how long after its end a certificate is renewed without a link
   */
  public StoredEnrolment(
      Database database,
      AgentTable agents,
      CertificateAuthority authority,
      Issuer issuer,
      Duration grace,
      AuditSink audit,
      InstantSource clock,
      SecureRandom random) {
    this.database = database;
    this.agents = agents;
    this.authority = authority;
    this.issuer = issuer;
    this.grace = grace;
    this.audit = audit;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Outcome<Invited> invite(
      AgentId agent, Set<ServiceName> services, Duration life, Optional<SourceNetwork> from) {
    if (life.compareTo(SHORTEST_INVITE) < 0 || life.compareTo(LONGEST_INVITE) > 0) {
      return Outcome.failed(Reason.USAGE, "An invite can be made for 1 minute to 7 days.");
    }
    Instant now = clock.instant();
    Secret secret = new Secret(draw(32));
    var row =
        new InviteRows.Row(
            draw(9), InviteRows.hashOf(secret), agent, services, now.plus(life), false, from);
    return refusable(() ->
        database
            .jdbi()
            .inTransaction(h -> {
              InviteRows.forget(h, now.minus(REMEMBERED));
              InviteRows.insert(h, row, now);
              record(
                  now,
                  "agent_invited",
                  Map.of(
                      "agent", agent.value(),
                      "invite", row.id(),
                      "services", ServiceList.write(services).replace('\n', ','),
                      "from", from.map(SourceNetwork::toString).orElse("any"),
                      "expires", row.expiresAt().toString()));
              return Outcome.ok(
                  new Invited(
                      new Invite(issuer.host() + ":" + issuer.port(), row.id(), secret, root()),
                      agent,
                      row.expiresAt()));
            }));
  }

  @Override
  public Outcome<Enrolled> enrol(String inviteId, Secret secret, byte[] csr, InetAddress from) {
    Instant now = clock.instant();
    Optional<InviteRows.Row> found =
        database
            .jdbi()
            .withHandle(h -> InviteRows.find(h, inviteId))
            .filter(r -> r.hasSecret(secret));
    if (found.isEmpty()) {
      return failed(unknown());
    }
    InviteRows.Row invite = found.get();
    Optional<Problem> ended = ended(invite, now);
    if (ended.isPresent()) {
      return failed(ended.get());
    }
    if (!invite.isFor(from)) {
      return failed(
          new Problem(
              Reason.INVITE_NETWORK_REFUSED,
              "This invite is for machines of another network than "
                  + from.getHostAddress()
                  + ", where the edge sees this one; it is still unused. Make one for this network"
                  + " on the edge with: doorward invite "
                  + invite.agent()));
    }
    return CertificateRequest.read(csr)
        .then(request -> refusable(() -> agents.change(h -> use(h, invite, request, now))));
  }

  private Outcome<Enrolled> use(
      Handle h, InviteRows.Row invite, CertificateRequest request, Instant now) {
    if (!InviteRows.use(h, invite.id(), now)) {
      // Somebody else was faster, or the operator has taken it back meanwhile.
      throw new Refusal(
          InviteRows.find(h, invite.id()).flatMap(row -> ended(row, now)).orElse(unknown()));
    }
    Optional<AgentEntry> before = agents.find(invite.agent());
    Enrolled enrolled =
        certify(h, invite.agent(), invite.services(), Set.of(request.fingerprint()), request, now);
    record(
        now,
        "agent_enrolled",
        Map.of(
            "agent", invite.agent().value(),
            "invite", invite.id(),
            "key", request.fingerprint().hex(),
            "replaced", Boolean.toString(before.isPresent())));
    LOG.atInfo()
        .addKeyValue("event", "agent_enrolled")
        .addKeyValue("agent", invite.agent())
        .addKeyValue("replaced", before.isPresent())
        .log(
            before.isPresent()
                ? "an agent was enrolled anew: its old key opens no link any more"
                : "an agent was enrolled");
    return Outcome.ok(enrolled);
  }

  @Override
  public Outcome<Enrolled> renew(AgentId agent, Fingerprint currentKey, byte[] csr) {
    Instant now = clock.instant();
    return CertificateRequest.read(csr)
        .then(request ->
            refusable(() -> agents.change(h -> renewed(h, agent, currentKey, request, now))));
  }

  @Override
  public Outcome<Enrolled> revive(AgentId agent, byte[] csr) {
    Instant now = clock.instant();
    return CertificateRequest.read(csr)
        .then(request ->
            // Asked before anything is locked as well: strangers may come here.
            refusable(() -> Outcome.ok(entitled(agent, request.fingerprint())))
                .then(known -> Outcome.ok(request)))
        .then(request -> refusable(() -> agents.change(h -> revived(h, agent, request, now))));
  }

  private Outcome<Enrolled> revived(
      Handle h, AgentId agent, CertificateRequest request, Instant now) {
    AgentEntry entry = entitled(agent, request.fingerprint());
    if (now.isAfter(entry.certificateEnds().plus(grace))) {
      throw new Refusal(
          new Problem(
              Reason.CERTIFICATE_EXPIRED,
              "This agent's certificate ended on "
                  + entry.certificateEnds()
                  + ", which is too long ago to renew it; make a new invite on the edge with:"
                  + " doorward invite "
                  + agent));
    }
    Enrolled enrolled =
        certify(
            h, agent, entry.services(), Set.of(request.fingerprint()), request, entry.enrolledAt());
    record(
        now, "agent_revived", Map.of("agent", agent.value(), "key", request.fingerprint().hex()));
    return Outcome.ok(enrolled);
  }

  private AgentEntry entitled(AgentId agent, Fingerprint key) {
    AgentEntry entry = agents.find(agent).orElse(null);
    if (entry == null || entry.revoked() || !entry.keys().contains(key)) {
      throw new Refusal(
          new Problem(
              Reason.AGENT_REVOKED,
              "This agent was taken off the table of the edge; it needs a new invite."));
    }
    return entry;
  }

  private Outcome<Enrolled> renewed(
      Handle h, AgentId agent, Fingerprint currentKey, CertificateRequest request, Instant now) {
    AgentEntry entry = entitled(agent, currentKey);
    // The link that asks stays up with the current key until the new one is up.
    Set<Fingerprint> keys =
        currentKey.equals(request.fingerprint())
            ? Set.of(currentKey)
            : Set.of(currentKey, request.fingerprint());
    Enrolled enrolled = certify(h, agent, entry.services(), keys, request, entry.enrolledAt());
    record(
        now, "agent_renewed", Map.of("agent", agent.value(), "key", request.fingerprint().hex()));
    return Outcome.ok(enrolled);
  }

  private Enrolled certify(
      Handle h,
      AgentId agent,
      Set<ServiceName> services,
      Set<Fingerprint> keys,
      CertificateRequest request,
      Instant enrolledAt) {
    List<X509Certificate> chain = authority.agent(agent, request.key(), CERTIFICATE_LIFE);
    Instant ends = chain.getFirst().getNotAfter().toInstant();
    AgentRows.put(h, new AgentEntry(agent, keys, services, false, enrolledAt, ends));
    return new Enrolled(agent, chain, services);
  }

  private static Optional<Problem> ended(InviteRows.Row invite, Instant now) {
    String again = " Make a new one on the edge with: doorward invite " + invite.agent();
    if (invite.used()) {
      return Optional.of(
          new Problem(
              Reason.INVITE_USED, "This invite was used already; an invite works once." + again));
    }
    return invite.expiresAt().isAfter(now)
        ? Optional.empty()
        : Optional.of(new Problem(Reason.INVITE_EXPIRED, "This invite has expired." + again));
  }

  private static Problem unknown() {
    return new Problem(
        Reason.INVITE_UNKNOWN,
        "This edge has made no such invite, or has taken it back. Make a new one on the edge with:"
            + " doorward invite NAME");
  }

  private static Outcome<Enrolled> failed(Problem problem) {
    LOG.atInfo()
        .addKeyValue("event", "enrolment_refused")
        .addKeyValue("reason", problem.reason())
        .log("an enrolment was refused");
    return Outcome.failed(problem);
  }

  /** Ends the transaction that it is thrown in; says why to the one who asked. */
  private static final class Refusal extends RuntimeException {
    final transient Problem problem;

    Refusal(Problem problem) {
      super(problem.text(), null, false, false);
      this.problem = problem;
    }
  }

  private interface Refusable<T> {
    Outcome<T> run();
  }

  private static <T> Outcome<T> refusable(Refusable<T> work) {
    try {
      return work.run();
    } catch (Refusal e) {
      LOG.atInfo()
          .addKeyValue("event", "enrolment_refused")
          .addKeyValue("reason", e.problem.reason())
          .log("an enrolment was refused");
      return Outcome.failed(e.problem);
    }
  }

  /** Waits for the record, so that nothing is done that has none. */
  private void record(Instant now, String event, Map<String, String> fields) {
    try {
      audit
          .append(new AuditEvent.Noted(now, event, fields))
          .toCompletableFuture()
          .orTimeout(AUDIT_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw new Refusal(
          new Problem(
              Reason.AUDIT_UNAVAILABLE,
              "The edge cannot write its audit record, so nothing was changed; check its disk."));
    }
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
