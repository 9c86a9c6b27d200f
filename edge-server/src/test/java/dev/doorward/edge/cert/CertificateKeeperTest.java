package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.AcmeChallenge;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateKeeperTest {
  private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
  private static final List<AcmeChallenge> BOTH =
      List.of(AcmeChallenge.TLS_ALPN_01, AcmeChallenge.HTTP_01);

  @TempDir Path folder;
  private Instant now = START;
  private final FakeAuthority first = new FakeAuthority("https://first", () -> now);
  private final FakeAuthority second = new FakeAuthority("https://second", () -> now);
  private final List<TlsIdentity> served = new ArrayList<>();
  private CertificateKeeper keeper;

  @BeforeEach
  void open() throws IOException {
    keeper = keeper(List.of("mcp.example.com"), first);
  }

  private CertificateKeeper keeper(List<String> names, Authority... authorities)
      throws IOException {
    return new CertificateKeeper(
        new CertificateKeeper.Wanted(names, Optional.empty(), BOTH, List.of(authorities)),
        CertificateFiles.in(folder),
        served::add,
        () -> now,
        new Random(7));
  }

  private void run(Duration time) {
    Instant end = now.plus(time);
    Duration step = Duration.ofMinutes(time.compareTo(Duration.ofDays(1)) < 0 ? 1 : 15);
    while (now.isBefore(end)) {
      keeper.keep();
      now = now.plus(step);
    }
  }

  @Test
  void getsTheFirstCertificateAtOnceAndRenewsItInTime() {
    run(Duration.ofDays(59));
    assertThat(first.asked).hasSize(1);
    assertThat(served).hasSize(1);

    run(Duration.ofDays(6));

    assertThat(first.asked).hasSize(2);
    assertThat(first.asked.getLast().at())
        .isBetween(START.plus(Duration.ofDays(60)), START.plus(Duration.ofDays(65)));
  }

  @Test
  void aRestartDoesNotAskAgain() throws Exception {
    run(Duration.ofMinutes(2));

    keeper = keeper(List.of("mcp.example.com"), first);
    run(Duration.ofDays(1));

    assertThat(first.asked).hasSize(1);
    assertThat(keeper.current()).isPresent();
  }

  @Test
  void aWeekOfADeadDirectoryIsAskedSeldomAndTheOldCertificateStays() {
    run(Duration.ofMinutes(1));
    TlsIdentity old = served.getFirst();
    now = START.plus(Duration.ofDays(66));
    first.failing = Reason.ACME_UNREACHABLE;
    first.asked.clear();

    run(Duration.ofDays(7));

    assertThat(first.asked).hasSizeBetween(20, 40);
    for (int i = 4; i < first.asked.size(); i++) {
      assertThat(Duration.between(first.asked.get(i - 1).at(), first.asked.get(i).at()))
          .isGreaterThan(Duration.ofMinutes(59));
    }
    assertThat(served).containsExactly(old);
    assertThat(keeper.current()).contains(old);

    first.failing = null;
    run(Duration.ofHours(8));

    assertThat(served).hasSize(2);
    assertThat(keeper.state().tries().failures()).isZero();
  }

  @Test
  void aProcessThatStartsEveryMinuteAsksNoMoreOftenThanOneThatRuns() throws Exception {
    first.failing = Reason.ACME_UNREACHABLE;

    for (int i = 0; i < 600; i++) {
      keeper = keeper(List.of("mcp.example.com"), first);
      keeper.keep();
      now = now.plus(Duration.ofMinutes(1));
    }

    assertThat(first.asked.size()).isLessThan(13);
  }

  @Test
  void aCrashInTheMiddleOfAnOrderCounts() throws Exception {
    Authority crashing =
        new Authority() {
          @Override
          public String name() {
            return "https://first";
          }

          @Override
          public Issuance issue(CertificateOrder order) {
            throw new IllegalStateException("the power goes");
          }

          @Override
          public Optional<Advice> advice(java.security.cert.X509Certificate certificate) {
            return Optional.empty();
          }
        };
    int crashes = 0;
    for (int i = 0; i < 30; i++) {
      keeper = keeper(List.of("mcp.example.com"), crashing);
      try {
        keeper.keep();
      } catch (IllegalStateException e) {
        crashes++;
      }
      now = now.plus(Duration.ofSeconds(10));
    }

    assertThat(crashes).isEqualTo(2);
  }

  @Test
  void retryAfterIsHonoured() {
    first.failing = Reason.ACME_LIMITED;
    first.retryAt = Optional.of(START.plus(Duration.ofDays(2)));

    run(Duration.ofDays(2));
    assertThat(first.asked).hasSize(1);
    first.failing = null;
    run(Duration.ofMinutes(5));

    assertThat(first.asked).hasSize(2);
    assertThat(served).hasSize(1);
  }

  @Test
  void aRetryAfterOfYearsIsCutToAWeek() {
    first.failing = Reason.ACME_LIMITED;
    first.retryAt = Optional.of(START.plus(Duration.ofDays(4000)));

    run(Duration.ofDays(7).plusHours(2));

    assertThat(first.asked).hasSize(2);
  }

  @Test
  void theSecondAuthorityStepsInWhileTheFirstFails() throws Exception {
    keeper = keeper(List.of("mcp.example.com"), first, second);
    first.failing = Reason.ACME_LIMITED;
    first.retryAt = Optional.of(START.plus(Duration.ofDays(7)));

    run(Duration.ofMinutes(5));

    assertThat(first.asked).hasSize(1);
    assertThat(second.asked).hasSize(1);
    assertThat(served).hasSize(1);
    assertThat(keeper.state().renewal().issuedBy()).isEqualTo("https://second");
  }

  @Test
  void twoDeadAuthoritiesAreAskedInTurn() throws Exception {
    keeper = keeper(List.of("mcp.example.com"), first, second);
    first.failing = Reason.ACME_UNREACHABLE;
    second.failing = Reason.ACME_UNREACHABLE;

    run(Duration.ofDays(1));

    assertThat(first.asked.size() + second.asked.size()).isLessThan(28);
    assertThat(Math.abs(first.asked.size() - second.asked.size())).isLessThan(2);
  }

  @Test
  void aNameThatCannotBeProvenIsProvenAnotherWay() {
    first.failing = Reason.ACME_VALIDATION_FAILED;

    run(Duration.ofMinutes(30));

    assertThat(first.asked.stream().map(a -> a.order().challenge()))
        .containsExactly(
            AcmeChallenge.TLS_ALPN_01, AcmeChallenge.HTTP_01, AcmeChallenge.TLS_ALPN_01);
  }

  @Test
  void theWindowOfTheAuthorityIsAskedForAndFollowed() {
    run(Duration.ofMinutes(1));
    Instant wanted = START.plus(Duration.ofDays(3));
    first.advice =
        Optional.of(
            new Authority.Advice(
                new RenewalWindow(wanted, wanted.plus(Duration.ofHours(1))), Duration.ofHours(6)));

    run(Duration.ofDays(4));

    assertThat(first.asked).hasSize(2);
    assertThat(first.asked.getLast().at()).isBetween(wanted, wanted.plus(Duration.ofMinutes(76)));
    assertThat(first.asked.getLast().order().replaces()).isPresent();
    assertThat(first.advised.size()).isBetween(12, 20);
  }

  @Test
  void aWindowThatIsAlwaysOverDoesNotMeanOrdersWithoutEnd() throws Exception {
    first.advice =
        Optional.of(new Authority.Advice(new RenewalWindow(START, START), Duration.ofMinutes(1)));

    for (int minute = 0; minute < 4 * 24 * 60; minute += 7) {
      keeper = keeper(List.of("mcp.example.com"), first);
      keeper.keep();
      now = START.plus(Duration.ofMinutes(minute));
    }

    assertThat(first.asked).hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void adviceThatAsksToBeFetchedAllTheTimeIsFetchedOnceAMinute() {
    run(Duration.ofMinutes(1));
    first.advice =
        Optional.of(
            new Authority.Advice(
                new RenewalWindow(START.plus(Duration.ofDays(50)), START.plus(Duration.ofDays(51))),
                Duration.ZERO));
    for (int i = 0; i < 600; i++) {
      keeper.keep();
      now = now.plusSeconds(1);
    }

    assertThat(first.advised).hasSizeLessThanOrEqualTo(11);
  }

  @Test
  void otherNamesAreOrderedAtOnceThoughTheCertificateIsYoung() throws Exception {
    run(Duration.ofMinutes(1));

    keeper = keeper(List.of("mcp.example.com", "more.example.com"), first);
    run(Duration.ofMinutes(1));

    assertThat(first.asked).hasSize(2);
    assertThat(first.asked.getLast().order().names())
        .containsExactly("mcp.example.com", "more.example.com");
  }

  @Test
  void otherSettingsDoNotWaitForPastFailures() throws Exception {
    first.failing = Reason.ACME_VALIDATION_FAILED;
    run(Duration.ofHours(5));
    int before = first.asked.size();

    keeper = keeper(List.of("other.example.com"), first);
    keeper.keep();

    assertThat(first.asked).hasSize(before + 1);
  }

  @Test
  void aWaitThatAWrongClockSetDoesNotHoldForEver() {
    first.failing = Reason.ACME_UNREACHABLE;
    now = START.plus(Duration.ofDays(9000));
    run(Duration.ofMinutes(1));
    first.failing = null;

    now = START;
    run(Duration.ofMinutes(1));

    assertThat(served).hasSize(1);
  }

  @Test
  void theOperatorMayAskAtOnce() {
    first.failing = Reason.ACME_UNREACHABLE;
    run(Duration.ofHours(5));
    int before = first.asked.size();

    keeper.orderNow();
    assertThat(first.asked).hasSize(before + 1);

    first.failing = null;
    keeper.orderNow();
    keeper.orderNow();

    assertThat(served).hasSize(2);
  }

  @Test
  void withoutAMemoryNothingIsOrdered() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("acme"), PosixFilePermissions.fromString("rwx------"));
    Files.createDirectory(folder.resolve("acme/state.json"));

    keeper = keeper(List.of("mcp.example.com"), first);
    keeper.keep();

    assertThat(first.asked).isEmpty();
  }

  @Test
  void whatIsKeptIsForNobodyElse() throws Exception {
    run(Duration.ofMinutes(1));
    CertificateFiles.in(folder).accountKey("https://first");

    try (var files = Files.list(folder.resolve("acme"))) {
      assertThat(files.toList())
          .hasSize(3)
          .allSatisfy(f ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(f)))
                  .isEqualTo("rw-------"));
    }
    assertThat(CertificateFiles.in(folder).accountKey("https://first"))
        .satisfies(pair ->
            assertThat(pair.getPrivate().getEncoded())
                .isEqualTo(
                    CertificateFiles.in(folder)
                        .accountKey("https://first")
                        .getPrivate()
                        .getEncoded()));
  }
}
