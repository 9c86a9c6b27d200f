package dev.doorward.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.FakeAuthority;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.AgentKey;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.agent.identity.KeyRing;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.DpopProof;
import dev.doorward.common.token.SeenProofs;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenGateTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final ServiceName FILES = new ServiceName("files");

  @TempDir private Path dir;
  private final FakeAuthority authority = new FakeAuthority();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final AtomicInteger verified = new AtomicInteger();
  private IdentityStore store;
  private AgentIdentity identity;
  private KeyRing ring;
  private TokenGate gate;

  @BeforeEach
  void start() throws Exception {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    store = new IdentityStore(dir);
    AgentKey key = AgentKey.make(new SecureRandom());
    AgentId agent = new AgentId("nas");
    identity =
        new AgentIdentity(
            agent,
            "127.0.0.1:1",
            FakeAuthority.ISSUER,
            key,
            authority.agent(
                agent,
                key.request(),
                now.get().minusSeconds(60),
                now.get().plus(Duration.ofDays(7))));
    open();
  }

  private void open() {
    ring = KeyRing.open(store, identity, now::get);
    var curves = new BouncyCastleProvider();
    gate =
        new TokenGate(
            ring,
            new TokenVerifier(curves),
            new DpopGate(new DpopProof.Verifier(curves), Optional.empty(), SeenProofs.standard()),
            now::get,
            task -> {
              verified.incrementAndGet();
              task.run();
            });
  }

  private Optional<Reason> refused(String token, ServiceName service) {
    return switch (gate.check(token, service).join()) {
      case TokenCheck.Rejected(Reason reason) -> Optional.of(reason);
      case TokenCheck.Verified good -> Optional.empty();
    };
  }

  private static Optional<Reason> reason(Optional<Problem> problem) {
    return problem.map(Problem::reason);
  }

  @Test
  void withoutAStatementOfKeysNoTokenHolds() {
    assertThat(refused(authority.token(NOTES), NOTES)).contains(Reason.TOKEN_KEY_UNKNOWN);
  }

  @Test
  void aVerdictIsForOneServiceOnly() {
    ring.offer(authority.statement(1));
    String token = authority.token(NOTES);

    assertThat(refused(token, NOTES)).isEmpty();
    assertThat(refused(token, FILES)).contains(Reason.TOKEN_AUDIENCE_MISMATCH);
    assertThat(refused(token, NOTES)).isEmpty();
  }

  @Test
  void aVerdictThatIsKeptEndsWithItsToken() {
    ring.offer(authority.statement(1));
    String token = authority.token(NOTES);
    assertThat(refused(token, NOTES)).isEmpty();

    now.set(now.get().plus(Duration.ofMinutes(5)).plus(TokenVerifier.SKEW).plusSeconds(2));

    assertThat(refused(token, NOTES)).contains(Reason.TOKEN_EXPIRED);
  }

  @Test
  void aTokenOfTheFutureHoldsWhenItsTimeHasCome() {
    ring.offer(authority.statement(1));
    long later = now.get().plus(Duration.ofMinutes(4)).getEpochSecond();
    String token = authority.token(Map.of("iat", later, "nbf", later, "exp", later + 300));
    assertThat(refused(token, NOTES)).contains(Reason.TOKEN_NOT_YET_VALID);

    now.set(Instant.ofEpochSecond(later + 1));

    assertThat(refused(token, NOTES)).isEmpty();
  }

  @Test
  void anotherStatementOfKeysAsksForANewVerdict() {
    ring.offer(authority.statement(1));
    String token = authority.token(NOTES);
    refused(token, NOTES);
    refused(token, NOTES);
    int before = verified.get();

    ring.offer(authority.statement(2));

    assertThat(refused(token, NOTES)).isEmpty();
    assertThat(verified.get()).isGreaterThan(before);
  }

  @Test
  void keysThatHaveEndedEndTheirTokens() {
    ring.offer(authority.statement(1, now.get().plus(Duration.ofMinutes(1))));
    String token = authority.token(NOTES);
    assertThat(refused(token, NOTES)).isEmpty();

    now.set(now.get().plus(Duration.ofMinutes(2)));

    assertThat(refused(token, NOTES)).contains(Reason.TOKEN_KEY_UNKNOWN);
  }

  @Test
  void anOlderStatementIsRefusedAlsoAfterARestart() {
    assertThat(ring.offer(authority.statement(7))).isEmpty();
    assertThat(reason(ring.offer(authority.statement(6)))).contains(Reason.KEY_STATEMENT_REFUSED);

    open();

    assertThat(ring.current()).isPresent();
    assertThat(reason(ring.offer(authority.statement(6)))).contains(Reason.KEY_STATEMENT_REFUSED);
    assertThat(ring.offer(authority.statement(7))).isEmpty();
  }

  @Test
  void aStatementOfAnotherSignerOrThatHasEndedChangesNothing() {
    ring.offer(authority.statement(1));

    assertThat(reason(ring.offer(authority.forgedStatement(2))))
        .contains(Reason.KEY_STATEMENT_REFUSED);
    assertThat(reason(ring.offer(authority.statement(3, now.get().minus(Duration.ofMinutes(5))))))
        .contains(Reason.KEY_STATEMENT_REFUSED);
    assertThat(ring.current().orElseThrow().seq()).isEqualTo(1);
  }

  @Test
  void aTokenPastItsBoundIsNotLookedAt() {
    ring.offer(authority.statement(1));
    int before = verified.get();

    assertThat(refused("a".repeat(TokenVerifier.MAX_LENGTH + 1), NOTES))
        .contains(Reason.TOKEN_MALFORMED);
    assertThat(verified).hasValue(before);
  }
}
