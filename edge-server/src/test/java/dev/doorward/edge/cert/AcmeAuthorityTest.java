package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.AcmeChallenge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcmeAuthorityTest {
  @TempDir Path folder;
  private final Map<String, Object> placed = new HashMap<>();
  private final Map<String, Object> seen = new HashMap<>();
  private FakeAcme server;
  private AcmeAuthority authority;

  private final ChallengeAnswers answers =
      new ChallengeAnswers() {
        @Override
        public Outcome<Placed> page(String token, String authorization) {
          placed.put(token, authorization);
          return Outcome.ok(() -> placed.remove(token));
        }

        @Override
        public Outcome<Placed> handshake(String name, byte[] digest) {
          placed.put(name, digest);
          return Outcome.ok(() -> placed.remove(name));
        }

        @Override
        public Outcome<Placed> record(String record, String value) {
          placed.put(record, value);
          return Outcome.ok(() -> placed.remove(record));
        }
      };

  @BeforeEach
  void start() throws Exception {
    server = new FakeAcme();
    server.validator =
        question -> {
          seen.putAll(placed);
          return placed.containsKey(question[0]) || placed.containsKey(question[1]);
        };
    authority =
        new AcmeAuthority(
            new AcmeAuthority.Access(
                server.directory(), Optional.of("you@example.com"), null, null, server.trust()),
            CertificateFiles.in(folder),
            answers,
            new Patience(InstantSource.system(), _ -> {}, Duration.ofSeconds(5)),
            InstantSource.system());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static CertificateOrder order(String... names) {
    return new CertificateOrder(
        List.of(names), Optional.empty(), AcmeChallenge.TLS_ALPN_01, Optional.empty());
  }

  private static X509Certificate leaf(Issuance issuance) {
    assertThat(issuance).isInstanceOf(Issuance.Done.class);
    return ((Issuance.Done) issuance).identity().chain().getFirst();
  }

  private static Issuance.Failed failed(Issuance issuance) {
    assertThat(issuance).isInstanceOf(Issuance.Failed.class);
    return (Issuance.Failed) issuance;
  }

  @Test
  void getsACertificateForTheNamesAndLeavesNoAnswerBehind() {
    X509Certificate leaf = leaf(authority.issue(order("mcp.example.com", "b.example.com")));

    assertThat(CertificateNames.of(leaf)).contains("mcp.example.com", "b.example.com");
    assertThat(seen).isNotEmpty();
    assertThat(placed).isEmpty();
  }

  @Test
  void theAccountIsKept() {
    leaf(authority.issue(order("mcp.example.com")));
    leaf(authority.issue(order("mcp.example.com")));

    assertThat(server.accounts).hasSize(1);
  }

  @Test
  void badNoncesAreTriedAgain() {
    server.badNonces.set(3);

    leaf(authority.issue(order("mcp.example.com")));
  }

  @Test
  void aServerThatTakesNoNonceAtAllIsGivenUp() {
    server.badNonces.set(Integer.MAX_VALUE);

    assertThat(failed(authority.issue(order("mcp.example.com"))).problem().reason())
        .isEqualTo(Reason.ACME_REFUSED);
    assertThat(server.requests.get()).isLessThan(20);
  }

  @Test
  void aNameThatIsNotSeenIsToldWithTheWordsOfTheAuthority() {
    server.validator = _ -> false;

    Issuance.Failed failed = failed(authority.issue(order("mcp.example.com")));

    assertThat(failed.problem().reason()).isEqualTo(Reason.ACME_VALIDATION_FAILED);
    assertThat(failed.problem().text())
        .contains("mcp.example.com", "tls-alpn-01", "connection, no route to?mcp.example.com")
        .doesNotContain("\n");
    assertThat(placed).isEmpty();
  }

  @Test
  void rateLimitsSayWhenToComeBack() {
    server.refusal = new String[] {"429", "7200", "rateLimited"};

    Issuance.Failed failed = failed(authority.issue(order("mcp.example.com")));

    assertThat(failed.problem().reason()).isEqualTo(Reason.ACME_LIMITED);
    assertThat(failed.retryAt().orElseThrow())
        .isBetween(Instant.now().plusSeconds(7100), Instant.now().plusSeconds(7300));
  }

  @Test
  void aBusyServerSaysWhenToComeBackEvenWithoutAProblemDocument() {
    server.refusal = new String[] {"503", "3600", ""};

    Issuance.Failed failed = failed(authority.issue(order("mcp.example.com")));

    assertThat(failed.retryAt().orElseThrow())
        .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3700));
  }

  @Test
  void aRetryAfterThatSaysNothingIsNoTrouble() {
    server.refusal = new String[] {"503", "99999999999999999999", ""};

    assertThat(failed(authority.issue(order("mcp.example.com"))).retryAt()).isEmpty();
  }

  @Test
  void aClosedAccountIsReplacedAtTheNextAttempt() throws Exception {
    leaf(authority.issue(order("mcp.example.com")));
    server.closed.addAll(server.accounts.keySet());

    assertThat(failed(authority.issue(order("mcp.example.com"))).problem().reason())
        .isEqualTo(Reason.ACME_REFUSED);
    leaf(authority.issue(order("mcp.example.com")));

    assertThat(server.accounts).hasSize(2);
    try (var files = Files.list(folder.resolve("acme"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".closed"))).hasSize(1);
    }
  }

  @Test
  void aProfileIsAskedForOnlyWhereItIsOffered() {
    var wanted =
        new CertificateOrder(
            List.of("mcp.example.com"),
            Optional.of("shortlived"),
            AcmeChallenge.TLS_ALPN_01,
            Optional.empty());
    X509Certificate brief = leaf(authority.issue(wanted));
    assertThat(Duration.between(brief.getNotBefore().toInstant(), brief.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofDays(6));

    server.profiles = java.util.Set.of("classic");
    leaf(authority.issue(wanted));

    assertThat(server.orders.values().stream().map(o -> o.profile))
        .containsExactlyInAnyOrder("shortlived", "");
  }

  @Test
  void aRenewalNamesWhatItReplacesOnceAndGoesOnWithoutWhereThatIsRefused() {
    X509Certificate old = leaf(authority.issue(order("mcp.example.com")));
    var renewal =
        new CertificateOrder(
            List.of("mcp.example.com"),
            Optional.empty(),
            AcmeChallenge.TLS_ALPN_01,
            Optional.of(old));

    leaf(authority.issue(renewal));
    leaf(authority.issue(renewal));

    assertThat(server.orders.values().stream().map(o -> o.replaces))
        .containsExactlyInAnyOrder("", FakeAcme.id(old), "");
  }

  @Test
  void tellsWhenTheAuthorityWantsARenewal() {
    server.windowStart = Instant.parse("2026-06-20T00:00:00Z");
    X509Certificate leaf = leaf(authority.issue(order("mcp.example.com")));

    Authority.Advice advice = authority.advice(leaf).orElseThrow();

    assertThat(advice.window())
        .isEqualTo(
            new RenewalWindow(server.windowStart, server.windowStart.plus(Duration.ofDays(1))));
    assertThat(advice.again()).isBetween(Duration.ofHours(5), Duration.ofHours(7));
  }

  @Test
  void noAdviceIsNoTrouble() {
    X509Certificate leaf = leaf(authority.issue(order("mcp.example.com")));
    X509Certificate stranger =
        TestCertificate.of(List.of("x.example"), Instant.now(), Duration.ofDays(1))
            .chain()
            .getFirst();

    assertThat(authority.advice(stranger)).isEmpty();
    server.close();
    assertThat(authority.advice(leaf)).isEmpty();
  }

  @Test
  void aCertificateOfAnotherKeyIsNotTaken() {
    server.strangeKey = true;

    assertThat(failed(authority.issue(order("mcp.example.com"))).problem().text())
        .contains("another key");
  }

  @Test
  void aServerThatIsNotThereIsOneSentence() {
    server.close();

    Issuance.Failed failed = failed(authority.issue(order("mcp.example.com")));

    assertThat(failed.problem().reason()).isEqualTo(Reason.ACME_UNREACHABLE);
    assertThat(failed.problem().text()).startsWith("https://127.0.0.1:");
  }

  @Test
  void wildcardsAreProvenInTheDnsWhateverIsTriedFirst() {
    server.challenge = "dns-01";
    server.validator = _ -> placed.containsKey("_acme-challenge.mcp.example.com");

    leaf(authority.issue(order("*.mcp.example.com")));
  }
}
