package dev.doorward.auth.personal;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.personal.PersonalTokens.Created;
import dev.doorward.auth.personal.PersonalTokens.Exchange;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.token.AccessTokens;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a personal access token is worth, for how long, and to whom. */
class PersonalTokensTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final Resource NOTES_URL = new Resource("https://edge.example/notes/mcp");
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir Path dataDir;
  private TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir, "tokens: { personal-per-person: 3 }");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private PersonalTokens tokens() {
    return server.server().personalTokens();
  }

  private PersonRow ada() {
    return server.server().person("ada").orElseThrow();
  }

  private Outcome<Created> create(String name, Duration life) {
    return tokens().create(tokens().newId(), ada(), NOTES, "", name, life, "person");
  }

  private static AccessTokens.Made done(Exchange exchange) {
    return switch (exchange) {
      case Exchange.Done(var made) -> made;
      case Exchange.Refused(Reason reason) -> throw new AssertionError(reason);
    };
  }

  private static Reason refused(Exchange exchange) {
    return switch (exchange) {
      case Exchange.Done done -> throw new AssertionError(done);
      case Exchange.Refused(Reason reason) -> reason;
    };
  }

  @Test
  void isExchangedForAShortLivedTokenThatEveryVerifierTakes() {
    Created created = ok(create("the cron job", MONTH));

    AccessTokens.Made made = done(tokens().exchange(created.text().reveal(), NOTES_URL));

    AccessToken verified = server.verified(made.jwt(), "notes");
    assertThat(verified).isEqualTo(made.token());
    assertThat(verified.person()).isEqualTo("ada");
    assertThat(verified.grant()).isEqualTo(created.token().id());
    assertThat(Duration.between(verified.issuedAt(), verified.expiresAt()))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(server.server().revocations().isRevoked(verified)).isFalse();
  }

  @Test
  void permitsTheScopesOfItsServiceThatWereChosenAndNoOther() {
    server.restart(
        """
        scopes:
          notes-write: { service: notes, tools: ["write_*"], describe: Change notes }
          mail-send: { service: mail, tools: ["send"], describe: Send mail }
        """);
    Created created =
        ok(
            tokens()
                .create(
                    tokens().newId(),
                    ada(),
                    NOTES,
                    "notes-write mail-send admin",
                    "x",
                    MONTH,
                    "person"));

    assertThat(done(tokens().exchange(created.text().reveal(), NOTES_URL)).token().scopes())
        .containsExactlyInAnyOrder("mcp", "notes-write");
  }

  @Test
  void isForOneServiceOnly() {
    String text = ok(create("one", MONTH)).text().reveal();

    assertThat(refused(tokens().exchange(text, new Resource("https://edge.example/mail/mcp"))))
        .isEqualTo(Reason.TOKEN_AUDIENCE_MISMATCH);
  }

  @Test
  void endsWhenItWasToEndAndItsLastJwtWithIt() {
    Created created = ok(create("short", Duration.ofMinutes(7)));
    String text = created.text().reveal();
    server.clock.advance(Duration.ofMinutes(6));
    assertThat(done(tokens().exchange(text, NOTES_URL)).token().expiresAt())
        .isEqualTo(created.token().expiresAt());

    server.clock.advance(Duration.ofMinutes(1));
    assertThat(refused(tokens().exchange(text, NOTES_URL))).isEqualTo(Reason.TOKEN_EXPIRED);
  }

  @Test
  void revokedIsOutAtOnceAndOverARestart() {
    Created created = ok(create("one", MONTH));
    String text = created.text().reveal();
    AccessToken jwt = done(tokens().exchange(text, NOTES_URL)).token();
    var told = new AtomicInteger();
    server.server().revocations().onChange(told::incrementAndGet);

    assertThat(tokens().revoke(created.token().id(), Optional.of(ada().subject()), "person"))
        .isPresent();

    assertThat(told).hasValue(1);
    assertThat(server.server().revocations().isRevoked(jwt)).isTrue();
    assertThat(refused(tokens().exchange(text, NOTES_URL)))
        .isEqualTo(Reason.PERSONAL_TOKEN_REFUSED);
    server.restart();
    assertThat(server.server().revocations().isRevoked(jwt)).isTrue();
    assertThat(refused(tokens().exchange(text, NOTES_URL)))
        .isEqualTo(Reason.PERSONAL_TOKEN_REFUSED);
    assertThat(server.notes.events()).contains("personal_token_created", "personal_token_revoked");
  }

  @Test
  void goesOnOverARestart() {
    String text = ok(create("one", MONTH)).text().reveal();
    server.restart();

    AccessToken jwt = done(tokens().exchange(text, NOTES_URL)).token();
    assertThat(server.server().revocations().isRevoked(jwt)).isFalse();
  }

  @Test
  void isRevokedByItsOwnPersonOrTheOperatorOnly() {
    String id = ok(create("one", MONTH)).token().id();
    var ben = server.server().person("ben").orElseThrow();

    assertThat(tokens().revoke(id, Optional.of(ben.subject()), "person")).isEmpty();
    assertThat(tokens().revoke(id, Optional.empty(), "operator")).isPresent();
  }

  @Test
  void dependsOnThePersonAndWhatThePersonMayUse() {
    String text = ok(create("one", MONTH)).text().reveal();
    ok(server.server().people().allow("ada", Set.of(new ServiceName("mail"))));
    AccessToken lost = done(tokens().exchange(text, NOTES_URL)).token();
    assertThat(server.server().revocations().isRevoked(lost)).isTrue();

    ok(server.server().people().remove("ada"));
    assertThat(refused(tokens().exchange(text, NOTES_URL)))
        .isEqualTo(Reason.PERSONAL_TOKEN_REFUSED);
    server.restart();
    assertThat(tokens().all()).isEmpty();
  }

  @Test
  void cannotBeMadeForAServiceThatThePersonMayNotUse() {
    var ben = server.server().person("ben").orElseThrow();

    assertThat(problem(tokens().create("pat_1", ben, NOTES, "", "x", MONTH, "person")).reason())
        .isEqualTo(Reason.SERVICE_NOT_ALLOWED);
  }

  @Test
  void nameLifeAndNumberHaveBounds() {
    assertThat(problem(create(" ", MONTH)).reason()).isEqualTo(Reason.PERSONAL_TOKEN_REFUSED);
    assertThat(problem(create("x".repeat(81), MONTH)).text()).contains("80");
    assertThat(problem(create("turn\u202earound", MONTH)).text()).contains("name");
    assertThat(problem(create("x", Duration.ofSeconds(59))).text()).contains("minute");
    assertThat(problem(create("x", Duration.ofDays(90).plusSeconds(1))).text()).contains("90 days");
    for (int i = 0; i < 3; i++) {
      ok(create("x", Duration.ofDays(90)));
    }
    assertThat(problem(create("x", MONTH)).text()).startsWith("There are 3 tokens already");
  }

  @Test
  void sameFormTwiceMakesOne() {
    String id = tokens().newId();
    ok(tokens().create(id, ada(), NOTES, "", "x", MONTH, "person"));

    assertThat(problem(tokens().create(id, ada(), NOTES, "", "x", MONTH, "person")).text())
        .contains("made already");
    assertThat(tokens().all()).hasSize(1);
  }

  @Test
  void strangersTokensAreTurnedAwayByFormAloneOrByHash() {
    byte[] guess = new byte[TokenText.RANDOM_BYTES];

    assertThat(refused(tokens().exchange("dwp_nonsense", NOTES_URL)))
        .isEqualTo(Reason.TOKEN_MALFORMED);
    assertThat(refused(tokens().exchange(TokenText.of(guess).reveal(), NOTES_URL)))
        .isEqualTo(Reason.PERSONAL_TOKEN_REFUSED);
  }

  @Test
  void textIsStoredNowhere() throws Exception {
    String text = ok(create("one", MONTH)).text().reveal();
    done(tokens().exchange(text, NOTES_URL));

    for (Path file : server.files()) {
      assertThat(Files.readAllBytes(file))
          .asString(StandardCharsets.ISO_8859_1)
          .doesNotContain(text.substring(0, 20));
    }
    assertThat(server.notes.fields()).noneMatch(field -> field.contains("dwp_"));
  }

  @Test
  void lastUseIsKeptToSomeMinutes() {
    String text = ok(create("one", MONTH)).text().reveal();
    done(tokens().exchange(text, NOTES_URL));
    var at = server.clock.instant();
    server.clock.advance(Duration.ofMinutes(6));
    server.call("GET", "/jwks", Map.of(), "");

    assertThat(tokens().all().getFirst().usedAt()).contains(at);
  }

  @Test
  void clockThatIsAcceptedEndsEverySignInAndKeepsWhatHasADate() {
    var client = dev.doorward.auth.fixture.TestClient.register(server);
    var grant = client.tokens("ada", "notes");
    String text = ok(create("one", MONTH)).text().reveal();
    server.clock.advance(Duration.ofDays(20));
    done(tokens().exchange(text, NOTES_URL));
    server.clock.advance(Duration.ofDays(-20));
    assertThat(server.server().clockBehind()).isEqualTo(Duration.ofDays(20));

    assertThat(server.server().acceptClock()).isEqualTo(Duration.ofDays(20));

    assertThat(server.server().clockBehind()).isZero();
    assertThat(client.refresh(grant.get("refresh_token").asString()).status()).isEqualTo(400);
    AccessToken jwt = done(tokens().exchange(text, NOTES_URL)).token();
    assertThat(jwt.issuedAt()).isEqualTo(server.clock.instant());
    assertThat(server.server().revocations().isRevoked(jwt)).isFalse();
    assertThat(server.notes.events()).contains("clock_accepted");
    assertThat(server.server().acceptClock()).as("nothing to accept").isZero();
    assertThat(client.tokens("ada", "notes").has("access_token")).isTrue();
  }
}
