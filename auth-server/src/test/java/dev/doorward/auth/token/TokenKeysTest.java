package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.KeyStatement;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.common.token.VerificationKeys;
import dev.doorward.config.data.PrivateFile;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeysTest {
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final Resource NOTES = new Resource("https://edge.example/notes/mcp");
  private static final Duration TOKEN = Duration.ofMinutes(10);

  @TempDir Path dataDir;
  private final SetClock clock = new SetClock();
  private final SecureRandom random = new SecureRandom();
  private final TokenVerifier verifier = new TokenVerifier();
  private final Notes notes = new Notes();
  private Database database;
  private CertificateAuthority authority;
  private TokenKeys keys;

  @BeforeEach
  void open() {
    open(ISSUER);
  }

  private void open(Issuer issuer) {
    database = Database.open(dataDir);
    Sealer sealer = ok(Sealer.open(dataDir, random));
    authority = ok(StoredAuthority.open(database, sealer, clock, random));
    keys =
        ok(
            TokenKeys.open(
                database,
                sealer,
                authority,
                issuer,
                KeySchedule.standard(TOKEN),
                notes,
                clock,
                random));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private String token() {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", ISSUER.value());
    claims.put("sub", "p-1");
    claims.put("aud", NOTES.value());
    claims.put("iat", clock.instant().getEpochSecond());
    claims.put("exp", clock.instant().plus(TOKEN).getEpochSecond());
    claims.put("jti", "t-1");
    claims.put("client_id", "c-1");
    claims.put("scope", "mcp");
    claims.put("gid", "g-1");
    claims.put("preferred_username", "ada");
    return keys.sign(claims);
  }

  private TokenCheck check(String token, VerificationKeys known) {
    return verifier.check(token, known, NOTES, clock.instant());
  }

  private KeyStatement statement() {
    return ok(
        KeyStatement.verify(
            keys.keyStatement(),
            (ECPublicKey) authority.root().getPublicKey(),
            Optional.of(ISSUER),
            clock.instant()));
  }

  private static String kid(String token) throws Exception {
    return SignedJWT.parse(token).getHeader().getKeyID();
  }

  @Test
  void signedTokenPassesTheVerifierOfEdgeAndAgent() {
    assertThat(check(token(), keys.keys())).isInstanceOf(TokenCheck.Verified.class);
    assertThat(check(token(), statement().keys())).isInstanceOf(TokenCheck.Verified.class);
  }

  @Test
  void jwksHasThePublicKeysByTheirThumbprintsAndNothingPrivate() throws Exception {
    JWKSet set = JWKSet.parse(keys.jwks());

    assertThat(set.getKeys()).hasSize(1);
    var jwk = set.getKeys().getFirst();
    assertThat(jwk.getKeyID())
        .isEqualTo(jwk.computeThumbprint().toString())
        .isEqualTo(kid(token()));
    assertThat(jwk.isPrivate()).isFalse();
    assertThat(keys.jwks())
        .doesNotContain("\"d\"")
        .contains("\"use\":\"sig\"", "\"alg\":\"ES256\"");
  }

  @Test
  void keysAndStatementAreTheSameAfterARestart() {
    String token = token();
    String jwks = keys.jwks();
    String statement = keys.keyStatement();
    database.close();
    open();

    assertThat(keys.jwks()).isEqualTo(jwks);
    assertThat(keys.keyStatement()).isEqualTo(statement);
    assertThat(check(token, keys.keys())).isInstanceOf(TokenCheck.Verified.class);
  }

  @Test
  void nextKeyIsKnownADayBeforeItSignsAndTheOldOneOutlivesItsTokens() throws Exception {
    String first = kid(token());
    clock.advance(Duration.ofDays(29).minusSeconds(1));
    keys.maintain();
    assertThat(keys.keys().byId()).hasSize(1);

    clock.advance(Duration.ofSeconds(1));
    keys.maintain();
    assertThat(keys.keys().byId()).hasSize(2);
    assertThat(statement().keys()).isEqualTo(keys.keys());
    assertThat(kid(token())).isEqualTo(first);

    VerificationKeys knownADayAhead = keys.keys();
    clock.advance(Duration.ofDays(1).minusSeconds(1));
    String lastOfOld = token();
    assertThat(kid(lastOfOld)).isEqualTo(first);
    clock.advance(Duration.ofSeconds(1));
    String ofNew = token();
    assertThat(kid(ofNew)).isNotEqualTo(first);
    assertThat(check(ofNew, knownADayAhead)).isInstanceOf(TokenCheck.Verified.class);

    clock.advance(TOKEN);
    keys.maintain();
    assertThat(check(lastOfOld, keys.keys())).isInstanceOf(TokenCheck.Verified.class);

    clock.advance(Duration.ofMinutes(3));
    keys.maintain();
    assertThat(keys.keys().byId()).hasSize(1);
    assertThat(check(lastOfOld, keys.keys()))
        .isEqualTo(new TokenCheck.Rejected(Reason.TOKEN_KEY_UNKNOWN));
  }

  @Test
  void byCommandTheNextKeyIsPublishedNowAndSignsADayLater() throws Exception {
    String first = kid(token());
    var told = new java.util.concurrent.atomic.AtomicInteger();
    keys.onChange(told::incrementAndGet);

    keys.rotate();

    assertThat(told).hasValue(1);
    assertThat(statement().keys().byId()).hasSize(2);
    assertThat(keys.list())
        .extracting(TokenKeys.KeyState::state)
        .containsExactly("signing", "next");
    keys.rotate();
    assertThat(keys.list()).as("one waits already").hasSize(2);
    clock.advance(Duration.ofDays(1).minusSeconds(1));
    String old = token();
    assertThat(kid(old)).isEqualTo(first);
    clock.advance(Duration.ofSeconds(1));
    assertThat(kid(token())).isNotEqualTo(first);
    assertThat(keys.list())
        .extracting(TokenKeys.KeyState::state)
        .containsExactly("kept", "signing");
    assertThat(check(old, keys.keys())).isInstanceOf(TokenCheck.Verified.class);
    clock.advance(Duration.ofMinutes(13));
    keys.maintain();
    assertThat(check(old, keys.keys())).isEqualTo(rejected(Reason.TOKEN_KEY_UNKNOWN));
    assertThat(notes.events()).contains("signing_key_made", "signing_key_dropped");
  }

  @Test
  void keyThatGotOutIsReplacedAtOnceAndWhatItSignedIsWorthNothing() throws Exception {
    keys.rotate();
    String old = token();
    long seq = statement().seq();

    keys.replace();

    assertThat(keys.list()).extracting(TokenKeys.KeyState::state).containsExactly("signing");
    assertThat(statement().seq()).isGreaterThan(seq);
    assertThat(check(old, statement().keys())).isEqualTo(rejected(Reason.TOKEN_KEY_UNKNOWN));
    assertThat(check(token(), statement().keys())).isInstanceOf(TokenCheck.Verified.class);
    String fresh = token();
    database.close();
    open();
    assertThat(check(fresh, keys.keys())).isInstanceOf(TokenCheck.Verified.class);
    assertThat(check(old, keys.keys())).isEqualTo(rejected(Reason.TOKEN_KEY_UNKNOWN));
  }

  private static TokenCheck rejected(Reason reason) {
    return new TokenCheck.Rejected(reason);
  }

  @Test
  void afterALongPauseTheOldKeySignsUntilTheNewOneWasKnownForADay() throws Exception {
    String first = kid(token());
    database.close();
    clock.advance(Duration.ofDays(90));
    open();

    assertThat(keys.keys().byId()).hasSize(2);
    assertThat(kid(token())).isEqualTo(first);
    assertThat(check(token(), keys.keys())).isInstanceOf(TokenCheck.Verified.class);
    clock.advance(Duration.ofDays(1));
    assertThat(kid(token())).isNotEqualTo(first);
  }

  @Test
  void statementIsIssuedAnewEachDayWithAHigherNumberAndItsListenersAreTold() {
    AtomicInteger told = new AtomicInteger();
    keys.onChange(told::incrementAndGet);
    KeyStatement first = statement();
    assertThat(first.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(7)));

    keys.maintain();
    assertThat(told).hasValue(0);
    clock.advance(Duration.ofDays(1));
    keys.maintain();

    assertThat(told).hasValue(1);
    assertThat(statement().seq()).isEqualTo(first.seq() + 1);
    assertThat(statement().keys()).isEqualTo(first.keys());
  }

  @Test
  void numberOfTheStatementGrowsAcrossRestartsAndClocksThatStepBack() {
    long first = statement().seq();
    database.close();
    clock.advance(Duration.ofHours(-2));
    open();
    assertThat(statement().seq()).isEqualTo(first + 1);

    database.close();
    clock.advance(Duration.ofDays(2));
    open();
    assertThat(statement().seq()).isEqualTo(first + 2);
  }

  @Test
  void otherIssuerGivesAnotherStatement() {
    database.close();
    Issuer other = new Issuer("https://new.example");
    open(other);

    assertThat(
            ok(KeyStatement.verify(
                    keys.keyStatement(),
                    (ECPublicKey) authority.root().getPublicKey(),
                    Optional.empty(),
                    clock.instant()))
                .issuer())
        .isEqualTo(other);
  }

  @Test
  void withoutItsSealKeyNothingIsSigned() throws Exception {
    PrivateFile.write(dataDir.resolve("seal.key"), new byte[32]);

    assertThat(
            problem(
                    TokenKeys.open(
                        database,
                        ok(Sealer.open(dataDir, random)),
                        authority,
                        ISSUER,
                        KeySchedule.standard(TOKEN),
                        notes,
                        clock,
                        random))
                .reason())
        .isEqualTo(Reason.STORE_FAILED);
  }

  @Test
  void turnsFollowEachOtherWithoutAGap() {
    KeySchedule schedule =
        new KeySchedule(Duration.ofDays(10), Duration.ofDays(2), Duration.ofMinutes(12));
    Instant now = clock.instant();
    var turn = schedule.due(java.util.List.of(), now).orElseThrow();

    var next =
        schedule.due(java.util.List.of(turn), turn.until().minus(Duration.ofDays(2))).orElseThrow();

    assertThat(turn.from()).isEqualTo(now);
    assertThat(next.from()).isEqualTo(turn.until());
    assertThat(schedule.isOver(turn, turn.until().plus(Duration.ofMinutes(12)))).isFalse();
    assertThat(schedule.isOver(turn, turn.until().plus(Duration.ofMinutes(12)).plusMillis(1)))
        .isTrue();
  }
}
