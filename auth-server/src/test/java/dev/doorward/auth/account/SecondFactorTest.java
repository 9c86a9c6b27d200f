package dev.doorward.auth.account;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.AppCodes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Setting up a second factor and signing in with it, over the whole HTTP surface. */
class SecondFactorTest {
  private static final String PAGE = "/account/second-factor";
  private static final String SESSION = "__Host-doorward-session";

  @TempDir Path dataDir;
  private TestServer server;
  private Visitor browser;
  private String secret = "";
  private List<String> recovery = List.of();

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AuthReply step(String step, String code) {
    Map<String, String> form = hidden(browser.get(PAGE), PAGE);
    form.put("step", step);
    form.put("code", code);
    return browser.post(PAGE, form);
  }

  private String code() {
    return AppCodes.now(secret, server.clock.instant());
  }

  private void setUp() {
    step("begin", "");
    Matcher uri =
        Pattern.compile("otpauth://totp/edge\\.example%3Aada\\?secret=([A-Z2-7]{32})&amp;issuer=")
            .matcher(text(browser.get(PAGE)));
    assertThat(uri.find()).isTrue();
    secret = uri.group(1);
    AuthReply shown = step("confirm", code());
    assertThat(shown.status()).isEqualTo(200);
    recovery =
        new ArrayList<>(
            Pattern.compile("<li><code>([A-Z2-7-]+)</code>")
                .matcher(text(shown))
                .results()
                .map(r -> r.group(1))
                .toList());
    server.clock.advance(Duration.ofSeconds(30));
  }

  private AuthReply answer(Visitor visitor, String code) {
    Map<String, String> form = hidden(visitor.get("/login/code"));
    form.put("code", code);
    return visitor.post("/login/code", form);
  }

  @Test
  void signInNeedsACodeOnceItIsOn() {
    setUp();
    Visitor visitor = server.visitor();

    assertThat(location(visitor.signIn("ada", TestServer.PASSWORD))).isEqualTo("/login/code");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
    assertThat(location(visitor.get("/account"))).isEqualTo("/login");
    assertThat(location(answer(visitor, code()))).isEqualTo("/account");

    assertThat(text(visitor.get("/account"))).contains("with a password and a code");
    assertThat(server.notes.last().fields()).containsEntry("method", "password_and_code");
  }

  @Test
  void requestOfAnAppWaitsForTheCodeToo() {
    setUp();
    TestClient client = TestClient.register(server);
    Visitor visitor = server.visitor();
    String login = location(visitor.get(client.authorizeUrl("notes")));

    visitor.signIn(login, "ada", TestServer.PASSWORD);

    assertThat(location(answer(visitor, code()))).startsWith("/consent?request=dwq_");
  }

  @Test
  void imageIsAFileOfItsOwnThatNobodyElseSees() {
    step("begin", "");

    AuthReply image = browser.get("/account/second-factor/code.svg");

    assertThat(header(image, "Content-Type")).isEqualTo("image/svg+xml");
    assertThat(header(image, "Cache-Control")).isEqualTo("no-store");
    assertThat(text(image)).startsWith("<svg ").doesNotContain("otpauth");
    assertThat(text(browser.get(PAGE))).contains("src=\"/account/second-factor/code.svg\"");
    assertThat(location(server.visitor().get("/account/second-factor/code.svg")))
        .isEqualTo("/login");
    setUp();
    assertThat(location(browser.get("/account/second-factor/code.svg"))).isEqualTo(PAGE);
  }

  @Test
  void codeIsGoodOnce() {
    setUp();
    String code = code();
    Visitor first = server.visitor();
    first.signIn("ada", TestServer.PASSWORD);
    answer(first, code);

    Visitor second = server.visitor();
    second.signIn("ada", TestServer.PASSWORD);
    assertThat(answer(second, code).status()).isEqualTo(401);
    assertThat(second.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void codeThatTurnedItOnIsUsed() {
    step("begin", "");
    setUp();
    server.clock.advance(Duration.ofSeconds(-30));
    Visitor visitor = server.visitor();
    visitor.signIn("ada", TestServer.PASSWORD);

    assertThat(answer(visitor, code()).status()).isEqualTo(401);
  }

  @Test
  void clockMayBeOneStepOffAndNoMore() {
    setUp();
    server.clock.advance(Duration.ofMinutes(5));
    Visitor visitor = server.visitor();
    visitor.signIn("ada", TestServer.PASSWORD);

    String late = AppCodes.now(secret, server.clock.instant().minusSeconds(60));
    String early = AppCodes.now(secret, server.clock.instant().plusSeconds(60));
    assertThat(answer(visitor, late).status()).isEqualTo(401);
    assertThat(answer(visitor, early).status()).isEqualTo(401);
    assertThat(
            location(
                answer(visitor, AppCodes.now(secret, server.clock.instant().minusSeconds(30)))))
        .isEqualTo("/account");
  }

  @Test
  void recoveryCodeStandsInOnce() {
    setUp();
    assertThat(recovery).hasSize(10).doesNotHaveDuplicates();
    Visitor visitor = server.visitor();
    visitor.signIn("ada", TestServer.PASSWORD);

    assertThat(
            location(answer(visitor, " " + recovery.getFirst().toLowerCase(java.util.Locale.ROOT))))
        .isEqualTo("/account");

    Visitor again = server.visitor();
    again.signIn("ada", TestServer.PASSWORD);
    assertThat(answer(again, recovery.getFirst()).status()).isEqualTo(401);
    assertThat(text(browser.get(PAGE))).contains("Recovery codes left: 9");
  }

  @Test
  void newRecoveryCodesEndTheOldOnes() {
    setUp();
    AuthReply shown = step("codes", "");
    assertThat(text(shown)).contains("only this once").doesNotContain(recovery.getFirst());

    Visitor visitor = server.visitor();
    visitor.signIn("ada", TestServer.PASSWORD);
    assertThat(answer(visitor, recovery.getFirst()).status()).isEqualTo(401);
  }

  @Test
  void fiveWrongCodesStartOverAndGuessingIsSlowed() {
    setUp();
    Visitor visitor = server.visitor("203.0.113.8");
    visitor.signIn("ada", TestServer.PASSWORD);
    for (int i = 0; i < 4; i++) {
      assertThat(answer(visitor, "000000").status()).isEqualTo(401);
    }
    assertThat(answer(visitor, "000000").status()).isEqualTo(429);
    server.clock.advance(Duration.ofSeconds(1));
    assertThat(location(answer(visitor, "000000"))).isEqualTo("/login");
    assertThat(location(visitor.get("/login/code"))).isEqualTo("/login");
    assertThat(server.notes.last().event()).isEqualTo("second_factor_failed");
  }

  @Test
  void stepIsBoundToItsBrowserAndEndsAfterFiveMinutes() {
    setUp();
    Visitor visitor = server.visitor();
    visitor.signIn("ada", TestServer.PASSWORD);
    Visitor thief = server.visitor();
    thief.get("/login");
    thief.cookies().put("__Host-doorward-step", visitor.cookies().get("__Host-doorward-step"));

    assertThat(location(thief.get("/login/code"))).isEqualTo("/login");
    server.clock.advance(Duration.ofMinutes(5));
    assertThat(location(visitor.get("/login/code"))).isEqualTo("/login");
  }

  @Test
  void secretAndCodesAreNotInTheDatabaseAsTheyAre() throws IOException {
    setUp();
    for (Path file : server.files()) {
      String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      assertThat(content)
          .doesNotContain(secret, recovery.getFirst(), recovery.getFirst().replace("-", ""));
    }
  }

  @Test
  void canBeTurnedOff() {
    setUp();

    step("off", "");

    assertThat(server.notes.last().event()).isEqualTo("second_factor_off");
    assertThat(location(server.visitor().signIn("ada", TestServer.PASSWORD))).isEqualTo("/account");
  }

  @Test
  void isNotOnBeforeARightCode() {
    step("begin", "");
    assertThat(step("confirm", "000000").status()).isEqualTo(400);

    assertThat(location(server.visitor().signIn("ada", TestServer.PASSWORD))).isEqualTo("/account");
  }

  @Test
  void onceOnItCannotBeBegunAnew() {
    setUp();
    step("begin", "");

    assertThat(location(server.visitor().signIn("ada", TestServer.PASSWORD)))
        .isEqualTo("/login/code");
    assertThat(text(browser.get(PAGE))).doesNotContain("otpauth");
  }
}
