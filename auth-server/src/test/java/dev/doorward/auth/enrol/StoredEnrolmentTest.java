package dev.doorward.auth.enrol;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredEnrolmentTest {
  private static final AgentId NAS = new AgentId("nas");
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final ServiceName FILES = new ServiceName("files");
  private static final Duration QUARTER = Duration.ofMinutes(15);

  private static final InetAddress HERE = InetAddress.ofLiteral("203.0.113.9");

  private static final Duration GRACE = Duration.ofDays(10);

  @TempDir Path dataDir;
  private final SetClock clock = new SetClock();
  private final SecureRandom random = new SecureRandom();
  private final Notes notes = new Notes();
  private final KeyPair pair = Requests.pair("secp256r1");
  private Database database;
  private CertificateAuthority authority;
  private AgentTable agents;
  private StoredEnrolment enrolment;

  @BeforeEach
  void open() {
    database = Database.open(dataDir);
    authority = ok(StoredAuthority.open(database, ok(Sealer.open(dataDir, random)), clock, random));
    agents = new AgentTable(database, notes, clock);
    enrolment =
        new StoredEnrolment(
            database,
            agents,
            authority,
            new Issuer("https://edge.example:8443"),
            GRACE,
            notes,
            clock,
            random);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void restart() {
    database.close();
    open();
  }

  private Invite invite(ServiceName... services) {
    return ok(enrolment.invite(NAS, Set.of(services), QUARTER, Optional.empty())).invite();
  }

  private Outcome<Enrolment.Enrolled> enrol(Invite invite, KeyPair key) {
    return enrolment.enrol(invite.id(), invite.secret(), Requests.of(key), HERE);
  }

  private static Fingerprint fingerprint(KeyPair key) {
    return Fingerprint.of(key.getPublic().getEncoded());
  }

  @Test
  void inviteNamesThePublicPortAndTheRoot() throws Exception {
    Invite invite = invite();

    assertThat(invite.edge()).isEqualTo("edge.example:8443");
    assertThat(invite.ca()).isEqualTo(Fingerprint.of(authority.root().getEncoded()));
    assertThat(ok(Invite.parse(invite.encode()))).isEqualTo(invite);
    assertThat(invite.secret().reveal()).hasSize(43);
  }

  @Test
  void invitedMachineIsEnrolledUnderTheInvitedNameAndServices() throws Exception {
    Invite invite = invite(NOTES);

    Enrolment.Enrolled enrolled = ok(enrol(invite, pair));

    assertThat(enrolled.agent()).isEqualTo(NAS);
    assertThat(enrolled.services()).containsExactly(NOTES);
    assertThat(enrolled.chain()).hasSize(2).last().isEqualTo(authority.root());
    AgentEntry entry = agents.find(NAS).orElseThrow();
    assertThat(entry)
        .isEqualTo(
            new AgentEntry(
                NAS,
                Set.of(fingerprint(pair)),
                Set.of(NOTES),
                false,
                clock.instant(),
                clock.instant().plus(Duration.ofDays(7))));
    assertThat(entry.allows(fingerprint(pair), NOTES)).isTrue();
    assertThat(entry.allows(fingerprint(pair), FILES)).isFalse();
    assertThat(notes.events()).containsExactly("agent_invited", "agent_enrolled");
  }

  @Test
  void enrolmentIsThereAfterARestart() {
    ok(enrol(invite(NOTES), pair));
    AgentEntry before = agents.find(NAS).orElseThrow();

    restart();

    assertThat(agents.find(NAS)).contains(before);
    assertThat(agents.list()).containsExactly(before);
  }

  @Test
  void inviteWorksOnceAlsoAfterARestart() {
    Invite invite = invite();
    ok(enrol(invite, pair));

    var again = problem(enrol(invite, Requests.pair("secp256r1")));
    restart();
    var afterRestart = problem(enrol(invite, Requests.pair("secp256r1")));

    assertThat(again.reason()).isEqualTo(Reason.INVITE_USED);
    assertThat(again.text()).contains("used already").contains("doorward invite nas");
    assertThat(afterRestart).isEqualTo(again);
    assertThat(agents.find(NAS).orElseThrow().keys()).containsExactly(fingerprint(pair));
  }

  @Test
  void ofFiftyMachinesWithOneInviteExactlyOneIsEnrolled() throws Exception {
    Invite invite = invite();
    List<KeyPair> machines = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      machines.add(Requests.pair("secp256r1"));
    }
    List<byte[]> requests = machines.stream().map(Requests::of).toList();
    CountDownLatch start = new CountDownLatch(1);

    List<Outcome<Enrolment.Enrolled>> outcomes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome<Enrolment.Enrolled>>> futures = new ArrayList<>();
      for (byte[] request : requests) {
        futures.add(
            threads.submit(() -> {
              start.await();
              return enrolment.enrol(invite.id(), invite.secret(), request, HERE);
            }));
      }
      start.countDown();
      for (var future : futures) {
        outcomes.add(future.get());
      }
    }

    var winners = outcomes.stream().filter(o -> o instanceof Outcome.Ok).toList();
    assertThat(winners).hasSize(1);
    assertThat(outcomes.stream().filter(o -> o instanceof Outcome.Failed).toList())
        .hasSize(49)
        .allSatisfy(o -> assertThat(problem(o).reason()).isEqualTo(Reason.INVITE_USED));
    X509Certificate certificate = ok(winners.getFirst()).chain().getFirst();
    assertThat(agents.find(NAS).orElseThrow().keys())
        .containsExactly(Fingerprint.of(certificate.getPublicKey().getEncoded()));
    assertThat(notes.events()).containsExactly("agent_invited", "agent_enrolled");
  }

  @Test
  void expiredUnknownAndGuessedInvitesAreToldApart() {
    Invite invite = invite();
    Invite guessed =
        new Invite(invite.edge(), invite.id(), new Secret("x".repeat(43)), invite.ca());
    Invite unknown = new Invite(invite.edge(), "none", invite.secret(), invite.ca());

    assertThat(problem(enrol(guessed, pair)).reason()).isEqualTo(Reason.INVITE_UNKNOWN);
    assertThat(problem(enrol(unknown, pair)).reason()).isEqualTo(Reason.INVITE_UNKNOWN);
    clock.advance(QUARTER);
    var expired = problem(enrol(invite, pair));
    assertThat(expired.reason()).isEqualTo(Reason.INVITE_EXPIRED);
    assertThat(expired.text())
        .isEqualTo("This invite has expired. Make a new one on the edge with: doorward invite nas");
    assertThat(agents.list()).isEmpty();
  }

  @Test
  void badRequestLeavesTheInviteUsable() {
    Invite invite = invite();

    assertThat(problem(enrolment.enrol(invite.id(), invite.secret(), new byte[10], HERE)).reason())
        .isEqualTo(Reason.CSR_REFUSED);
    ok(enrol(invite, pair));
  }

  @Test
  void wishesInTheRequestAreIgnored() throws Exception {
    Invite invite = invite();

    X509Certificate leaf =
        ok(enrolment.enrol(invite.id(), invite.secret(), Requests.greedy(pair), HERE))
            .chain()
            .getFirst();

    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://doorward/agent/nas"));
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
  }

  @Test
  void anotherInviteForTheSameNameReplacesTheKeyAndTheServices() {
    ok(enrol(invite(NOTES), pair));
    KeyPair other = Requests.pair("secp256r1");

    ok(enrol(invite(FILES), other));

    AgentEntry entry = agents.find(NAS).orElseThrow();
    assertThat(entry.keys()).containsExactly(fingerprint(other));
    assertThat(entry.services()).containsExactly(FILES);
    assertThat(notes.last().fields()).containsEntry("replaced", "true");
  }

  @Test
  void anInviteForANetworkIsOfUseThereAlone() {
    Invite invite =
        ok(enrolment.invite(NAS, Set.of(), QUARTER, SourceNetwork.parse("203.0.113.0/24")))
            .invite();
    restart();

    var elsewhere =
        problem(
            enrolment.enrol(
                invite.id(),
                invite.secret(),
                Requests.of(pair),
                InetAddress.ofLiteral("198.51.100.1")));

    assertThat(elsewhere.reason()).isEqualTo(Reason.INVITE_NETWORK_REFUSED);
    assertThat(elsewhere.text()).contains("198.51.100.1", "still unused");
    assertThat(agents.find(NAS)).isEmpty();
    assertThat(ok(enrol(invite, pair)).agent()).isEqualTo(NAS);
  }

  @Test
  void secretIsNotInTheDatabaseFiles() throws Exception {
    Invite invite = invite();

    try (var files = Files.list(dataDir)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain(invite.secret().reveal());
      }
    }
  }

  @Test
  void lifeOutsideTheBoundsIsRefused() {
    assertThat(
            problem(enrolment.invite(NAS, Set.of(), Duration.ofSeconds(59), Optional.empty()))
                .reason())
        .isEqualTo(Reason.USAGE);
    assertThat(
            problem(
                    enrolment.invite(
                        NAS, Set.of(), Duration.ofDays(7).plusMillis(1), Optional.empty()))
                .reason())
        .isEqualTo(Reason.USAGE);
    ok(enrolment.invite(NAS, Set.of(), Duration.ofDays(7), Optional.empty()));
  }

  @Test
  void nothingHappensWithoutItsRecord() {
    Invite invite = invite();
    notes.breakDown();

    assertThat(problem(enrol(invite, pair)).reason()).isEqualTo(Reason.AUDIT_UNAVAILABLE);
    assertThat(problem(enrolment.invite(NAS, Set.of(), QUARTER, Optional.empty())).reason())
        .isEqualTo(Reason.AUDIT_UNAVAILABLE);
    assertThat(agents.list()).isEmpty();
    restart();
    assertThat(agents.list()).isEmpty();
  }

  @Test
  void renewalAddsTheNewKeyAndDropsTheOneBeforeLast() {
    KeyPair second = Requests.pair("secp256r1");
    KeyPair third = Requests.pair("secp256r1");
    ok(enrol(invite(NOTES), pair));
    clock.advance(Duration.ofDays(5));

    Enrolment.Enrolled renewed = ok(enrolment.renew(NAS, fingerprint(pair), Requests.of(second)));
    assertThat(agents.find(NAS).orElseThrow().keys())
        .containsExactlyInAnyOrder(fingerprint(pair), fingerprint(second));
    assertThat(agents.find(NAS).orElseThrow().services()).containsExactly(NOTES);
    assertThat(renewed.chain().getFirst().getNotAfter().toInstant())
        .isEqualTo(clock.instant().plus(Duration.ofDays(7)));

    ok(enrolment.renew(NAS, fingerprint(second), Requests.of(third)));
    assertThat(agents.find(NAS).orElseThrow().keys())
        .containsExactlyInAnyOrder(fingerprint(second), fingerprint(third));
    assertThat(problem(enrolment.renew(NAS, fingerprint(pair), Requests.of(pair))).reason())
        .isEqualTo(Reason.AGENT_REVOKED);
  }

  @Test
  void anAgentThatSleptGetsANewCertificateForTheSameKeyWithinItsGrace() {
    ok(enrol(invite(NOTES), pair));
    clock.advance(Duration.ofDays(7).plus(GRACE));

    Enrolment.Enrolled revived = ok(enrolment.revive(NAS, Requests.of(pair)));

    assertThat(revived.chain().getFirst().getPublicKey()).isEqualTo(pair.getPublic());
    assertThat(revived.services()).containsExactly(NOTES);
    assertThat(agents.find(NAS).orElseThrow().certificateEnds())
        .isEqualTo(clock.instant().plus(Duration.ofDays(7)));
    assertThat(notes.events()).endsWith("agent_revived");
    clock.advance(Duration.ofDays(7).plus(GRACE).plusSeconds(1));
    assertThat(problem(enrolment.revive(NAS, Requests.of(pair))))
        .satisfies(no -> {
          assertThat(no.reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
          assertThat(no.text()).contains("doorward invite nas");
        });
  }

  @Test
  void onlyTheKeyOnTheTableIsRevived() {
    ok(enrol(invite(NOTES), pair));
    KeyPair stranger = Requests.pair("secp256r1");

    assertThat(problem(enrolment.revive(NAS, Requests.of(stranger))).reason())
        .isEqualTo(Reason.AGENT_REVOKED);
    assertThat(problem(enrolment.revive(new AgentId("other"), Requests.of(pair))).reason())
        .isEqualTo(Reason.AGENT_REVOKED);
    ok(agents.revoke(NAS));
    assertThat(problem(enrolment.revive(NAS, Requests.of(pair))).reason())
        .isEqualTo(Reason.AGENT_REVOKED);
  }

  @Test
  void revokedAgentIsOutAtOnceAndItsOpenInvitesAreGone() {
    ok(enrol(invite(NOTES), pair));
    Invite open = invite(NOTES);
    agents.offered(NAS, Set.of(NOTES));
    AtomicInteger changes = new AtomicInteger();
    agents.onChange(() -> {
      assertThat(agents.find(NAS).orElseThrow().revoked()).isTrue();
      changes.incrementAndGet();
    });

    AgentEntry revoked = ok(agents.revoke(NAS));

    assertThat(changes).hasValue(1);
    assertThat(revoked.allows(fingerprint(pair), NOTES)).isFalse();
    assertThat(agents.knows(NOTES)).isFalse();
    assertThat(problem(enrol(open, pair)).reason()).isEqualTo(Reason.INVITE_UNKNOWN);
    assertThat(problem(enrolment.renew(NAS, fingerprint(pair), Requests.of(pair))).reason())
        .isEqualTo(Reason.AGENT_REVOKED);
    restart();
    assertThat(agents.find(NAS).orElseThrow().revoked()).isTrue();
    assertThat(problem(agents.revoke(new AgentId("other"))).reason())
        .isEqualTo(Reason.AGENT_UNKNOWN);
  }

  @Test
  void newInviteBringsARevokedAgentBack() {
    ok(enrol(invite(NOTES), pair));
    ok(agents.revoke(NAS));

    ok(enrol(invite(NOTES), pair));

    assertThat(agents.find(NAS).orElseThrow().allows(fingerprint(pair), NOTES)).isTrue();
  }

  @Test
  void offeredServicesAreRememberedWithinWhatTheInviteAllows() {
    ok(enrol(invite(NOTES), pair));

    agents.offered(NAS, Set.of(NOTES, FILES));
    agents.offered(new AgentId("stranger"), Set.of(FILES));

    assertThat(agents.knows(NOTES)).isTrue();
    assertThat(agents.services()).containsExactly(NOTES);
    agents.offered(NAS, Set.of());
    assertThat(agents.knows(NOTES)).isTrue();
    restart();
    assertThat(agents.services()).containsExactly(NOTES);
  }

  @Test
  void noMoreServicesAreRememberedThanTheBound() {
    ok(enrol(invite(), pair));
    Set<ServiceName> many = new java.util.HashSet<>();
    for (int i = 0; i < AgentTable.MAX_SERVICES + 10; i++) {
      many.add(new ServiceName("s" + i));
    }

    agents.offered(NAS, many);

    assertThat(agents.services()).hasSize(AgentTable.MAX_SERVICES);
  }
}
