package dev.doorward.edge.auth.apart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.token.AccessToken;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.edge.auth.EmbeddedAuth;
import dev.doorward.edge.fixture.FakeAudit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaTest {
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final ServiceName NOTES = new ServiceName("notes");
  private final Instant now = InstantSource.system().instant();
  private static final Duration BOUND = Duration.ofSeconds(10);

  @TempDir private static Path dir;
  private static X509Certificate root;
  private static String statement;
  private static X509Certificate otherRoot;

  private final AtomicLong nanos = new AtomicLong();
  private final HeardClock clock = new HeardClock(() -> now, nanos::get);
  private final Replica replica = replica(Optional.empty());

  @BeforeAll
  static void certify() throws Exception {
    try (EmbeddedAuth auth = auth("one");
        EmbeddedAuth other = auth("other")) {
      root = auth.root();
      statement = auth.linkGate(Runnable::run).terms().keys();
      otherRoot = other.root();
    }
  }

  @AfterAll
  static void forget() {
    statement = "";
  }

  private static EmbeddedAuth auth(String name) throws Exception {
    Path data = Files.createDirectory(dir.resolve(name));
    EdgeConfig config =
        ((Outcome.Ok<EdgeConfig>)
                ConfigReader.readText(
                        EdgeConfig.class, "public-url: https://edge.example", data, Map.of())
                    .outcome())
            .value();
    return ((Outcome.Ok<EmbeddedAuth>)
            EmbeddedAuth.open(
                config, data, new FakeAudit(), InstantSource.system(), new SecureRandom()))
        .value();
  }

  private Replica replica(Optional<X509Certificate> pinned) {
    return new Replica(ISSUER, pinned, clock, BOUND, nanos::get);
  }

  private static FeedLine.Hello hello(String issuer, X509Certificate ca)
      throws CertificateEncodingException {
    return new FeedLine.Hello("1", "run", issuer, ca.getEncoded(), List.of(), "");
  }

  private void read(FeedLine.What... whats) throws Exception {
    for (FeedLine.What what : whats) {
      replica.apply(new FeedLine(1, what));
    }
  }

  private void readAll() throws Exception {
    read(
        hello(ISSUER.value(), root),
        new FeedLine.Keys(statement),
        new FeedLine.Holders(List.of(new FeedLine.Holder("p_ada", false, List.of("notes")))),
        new FeedLine.Begun(List.of("g1", "g2")),
        new FeedLine.Whole());
  }

  private AccessToken token(String subject, String grant) {
    return new AccessToken(
        ISSUER,
        new Subject(subject),
        "ada",
        new ClientId("c"),
        ISSUER.resourceOf(NOTES),
        Set.of("mcp"),
        grant,
        "t",
        now,
        now.plusSeconds(600),
        Optional.empty());
  }

  private boolean revoked(String subject, String grant) {
    return replica.isRevoked(token(subject, grant), Optional.of(NOTES));
  }

  @Test
  void whatLivesIsGoodAndWhatWasNeverHeardOfIsNot() throws Exception {
    readAll();

    assertThat(revoked("p_ada", "g1")).isFalse();
    assertThat(revoked("p_ada", "g9")).isTrue();
    assertThat(revoked("p_bob", "g1")).isTrue();
    assertThat(replica.isRevoked(token("p_ada", "g1"), Optional.of(new ServiceName("mail"))))
        .isTrue();
  }

  @Test
  void everyChangeCountsAtOnce() throws Exception {
    readAll();

    read(new FeedLine.Ended(List.of("g1")));
    assertThat(revoked("p_ada", "g1")).isTrue();
    assertThat(revoked("p_ada", "g2")).isFalse();

    read(new FeedLine.Holders(List.of()));
    assertThat(revoked("p_ada", "g2")).isTrue();
  }

  @Test
  void beforeItIsWholeNothingIsGood() throws Exception {
    read(
        hello(ISSUER.value(), root),
        new FeedLine.Keys(statement),
        new FeedLine.Holders(List.of(new FeedLine.Holder("p_ada", true, List.of()))),
        new FeedLine.Begun(List.of("g1")));

    assertThat(revoked("p_ada", "g1")).isTrue();
    assertThat(replica.isFresh()).isFalse();
  }

  @Test
  void pastItsBoundNothingIsGoodUntilTheFeedIsHeardAgain() throws Exception {
    readAll();
    nanos.addAndGet(BOUND.toNanos() - 1);
    assertThat(revoked("p_ada", "g1")).isFalse();

    nanos.incrementAndGet();
    assertThat(replica.isFresh()).isFalse();
    assertThat(revoked("p_ada", "g1")).isTrue();

    read(new FeedLine.Beat(now.toEpochMilli()));
    assertThat(revoked("p_ada", "g1")).isFalse();
  }

  @Test
  void copyThatIsBegunDoesNotCountForHearing() throws Exception {
    readAll();
    nanos.addAndGet(BOUND.toNanos());

    read(hello(ISSUER.value(), root), new FeedLine.Keys(statement));

    assertThat(replica.isFresh()).isFalse();
  }

  @Test
  void grantThatIsInNoNewCopyIsGoneAndOneThatBreaksOffChangesNothing() throws Exception {
    readAll();
    read(hello(ISSUER.value(), root), new FeedLine.Keys(statement));
    replica.broken();
    read(new FeedLine.Beat(now.toEpochMilli()));
    assertThat(revoked("p_ada", "g1")).isFalse();

    read(
        hello(ISSUER.value(), root),
        new FeedLine.Keys(statement),
        new FeedLine.Holders(List.of(new FeedLine.Holder("p_ada", false, List.of("notes")))),
        new FeedLine.Begun(List.of("g2")),
        new FeedLine.Whole());

    assertThat(revoked("p_ada", "g1")).isTrue();
    assertThat(revoked("p_ada", "g2")).isFalse();
  }

  @Test
  void anotherIssuerAnotherRootAndKeysThatTheRootDidNotSignAreRefused() throws Exception {
    assertThatThrownBy(() -> read(hello("https://other.example", root)))
        .isInstanceOf(Replica.Unusable.class);
    assertThatThrownBy(() ->
            replica(Optional.of(root)).apply(new FeedLine(1, hello(ISSUER.value(), otherRoot))))
        .isInstanceOf(Replica.Unusable.class);
    read(hello(ISSUER.value(), otherRoot));
    assertThatThrownBy(() -> read(new FeedLine.Keys(statement)))
        .isInstanceOf(Replica.Unusable.class);
  }

  @Test
  void feedThatDoesNotSayWhoItIsIsRefused() {
    assertThatThrownBy(() -> read(new FeedLine.Begun(List.of("g1"))))
        .isInstanceOf(Replica.Unusable.class);
  }

  @Test
  void answerIsWaitedForUntilItsChangesAreHere() throws Exception {
    readAll();
    var done = new Answer.Done();

    assertThat(replica.await(new Answer("run", 1, done), Duration.ZERO)).isTrue();
    assertThat(replica.await(new Answer("run", 2, done), Duration.ZERO)).isFalse();
    assertThat(replica.await(new Answer("another run", 1, done), Duration.ZERO)).isFalse();
  }
}
