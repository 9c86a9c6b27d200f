package dev.doorward.auth.login;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.store.PersonStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in and out, over the whole HTTP surface. */
class SignInTest {
  private static final String SESSION = "__Host-doorward-session";
  private static final String DEVICE = "__Host-doorward-device";

  @TempDir Path dataDir;
  private TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void rightPasswordOpensASession() {
    Visitor browser = server.visitor();

    AuthReply reply = browser.signIn(" ADA ", TestServer.PASSWORD);

    assertThat(location(reply)).isEqualTo("/account");
    assertThat(header(reply, "Set-Cookie").lines())
        .hasSize(3)
        .allMatch(c -> c.startsWith("__Host-doorward-"))
        .allMatch(c -> c.endsWith("; Path=/; Secure; HttpOnly; SameSite=Lax"));
    assertThat(text(browser.get("/account"))).contains("<bdi>ada</bdi>");
  }

  @Test
  void wrongPasswordUnknownPersonAndOneWithoutPasswordLookTheSame() {
    Outcomes.ok(server.server().people().add("new", false, Set.of()));

    for (String name : new String[] {"ada", "nobody", "new", ""}) {
      Visitor browser = server.visitor();
      AuthReply reply = browser.signIn(name, "a wrong password for sure");

      assertThat(reply.status()).isEqualTo(401);
      assertThat(text(reply)).contains("The name or the password is wrong.");
      assertThat(browser.cookies()).doesNotContainKeys(SESSION, DEVICE);
    }
    assertThat(server.notes.last().event()).isEqualTo("sign_in_failed");
    assertThat(server.notes.last().fields()).doesNotContainValue("nobody");
  }

  @Test
  void guessersWaitAndTheKnownDeviceDoesNot() {
    Visitor known = server.visitor();
    known.signIn("ada", TestServer.PASSWORD);
    known.cookies().remove(SESSION);
    for (int i = 0; i < 4; i++) {
      server.visitor().signIn("ada", "wrong wrong wrong");
    }

    AuthReply stranger = server.visitor().signIn("ada", TestServer.PASSWORD);
    assertThat(stranger.status()).isEqualTo(429);
    assertThat(text(stranger)).contains("Too many attempts. Try again in a second.");
    assertThat(header(stranger, "Retry-After")).isEqualTo("1");

    assertThat(known.signIn("ada", TestServer.PASSWORD).status()).isEqualTo(303);
  }

  @Test
  void restartForgivesNoGuess() {
    for (int i = 0; i < 4; i++) {
      server.visitor().signIn("ada", "wrong wrong wrong");
    }

    server.restart();

    assertThat(server.visitor().signIn("ada", TestServer.PASSWORD).status()).isEqualTo(429);
  }

  @Test
  void accountThatWasGuessedAtAHundredTimesOpensToItsOwnerAndByRecovery() {
    Visitor known = server.visitor();
    known.signIn("ada", TestServer.PASSWORD);
    known.cookies().remove(SESSION);
    for (int i = 0; i < 100; i++) {
      server.clock.advance(Duration.ofMinutes(15));
      server.visitor("198.51.100." + i).signIn("ada", "wrong wrong wrong");
    }
    assertThat(server.notes.last().event()).isEqualTo("sign_in_closed");

    AuthReply stranger = server.visitor("203.0.113.9").signIn("ada", TestServer.PASSWORD);
    assertThat(stranger.status()).isEqualTo(403);
    assertThat(text(stranger)).contains("a new setup link");
    assertThat(known.signIn("ada", TestServer.PASSWORD).status()).isEqualTo(303);

    for (int i = 0; i < 100; i++) {
      server.clock.advance(Duration.ofMinutes(15));
      server.visitor("198.51.100." + i).signIn("ada", "wrong wrong wrong");
    }
    String link = Outcomes.ok(server.server().people().resetLink("ada")).setupUrl();
    Map<String, String> fields =
        hidden(server.visitor().get(link.substring(TestServer.ISSUER.value().length())));
    assertThat(fields).containsKey("code");
    Visitor recovered = server.visitor("203.0.113.9");
    fields = hidden(recovered.get(link.substring(TestServer.ISSUER.value().length())));
    fields.put("password", "kettle fog 3 marble");
    fields.put("repeat", "kettle fog 3 marble");
    assertThat(recovered.post("/login/setup", fields).status()).isEqualTo(303);
    assertThat(server.visitor("203.0.113.10").signIn("ada", "kettle fog 3 marble").status())
        .isEqualTo(303);
  }

  @Test
  void passwordIsHashedAnewWhereTheCostHasChanged() {
    String before = phc("ada");
    server.restart("login: {hash-passes: 3}");

    server.visitor().signIn("ada", TestServer.PASSWORD);

    assertThat(before).contains("t=2,");
    assertThat(phc("ada")).contains("t=3,");
    assertThat(server.visitor().signIn("ada", TestServer.PASSWORD).status()).isEqualTo(303);
  }

  @Test
  void whereThereAreNoPasswordsNoneIsTaken() {
    Visitor browser = server.visitor();
    Map<String, String> fields = hidden(browser.get("/login"));
    server.restart("login: {password: false}");
    fields.put("username", "ada");
    fields.put("password", TestServer.PASSWORD);

    assertThat(text(browser.get("/login"))).doesNotContain("name=\"password\"");
    assertThat(browser.post("/login", fields).status()).isEqualTo(403);
    assertThat(browser.cookies()).doesNotContainKey(SESSION);
  }

  private String phc(String name) {
    return server
        .database()
        .jdbi()
        .inTransaction(h -> PersonStore.named(h, name).orElseThrow().password().orElseThrow());
  }

  @Test
  void throttleIsTheSameForNamesThatNobodyHas() {
    for (int i = 0; i < 4; i++) {
      server.visitor().signIn("nobody", "wrong wrong wrong");
    }

    assertThat(server.visitor().signIn("nobody", "wrong wrong wrong").status()).isEqualTo(429);
  }

  @Test
  void deviceOfOnePersonIsNotKnownForAnother() {
    Visitor browser = server.visitor();
    browser.signIn("ben", TestServer.PASSWORD);
    browser.cookies().remove(SESSION);
    for (int i = 0; i < 4; i++) {
      server.visitor().signIn("ada", "wrong wrong wrong");
    }

    assertThat(browser.signIn("ada", TestServer.PASSWORD).status()).isEqualTo(429);
  }

  @Test
  void sessionIsNewAtEachSignInWhateverTheBrowserBrought() {
    Visitor browser = server.visitor();
    browser.cookies().put(SESSION, "dws_chosen-by-an-attacker-0123456789");
    browser.signIn("ada", TestServer.PASSWORD);
    String first = browser.cookies().get(SESSION);
    browser.cookies().remove(SESSION);
    browser.signIn("ada", TestServer.PASSWORD);

    assertThat(first).doesNotContain("attacker");
    assertThat(browser.cookies().get(SESSION)).isNotEqualTo(first);
  }

  @Test
  void sessionEndsAfterTwelveIdleHoursOrSevenDays() {
    Visitor idle = server.visitor();
    idle.signIn("ada", TestServer.PASSWORD);
    server.clock.advance(Duration.ofHours(12).minusMinutes(2));
    server.call("GET", "/jwks", Map.of(), "");
    server.clock.advance(Duration.ofMinutes(2));
    assertThat(location(idle.get("/account"))).isEqualTo("/login");

    Visitor busy = server.visitor();
    busy.signIn("ada", TestServer.PASSWORD);
    for (int i = 0; i < 15; i++) {
      server.clock.advance(Duration.ofHours(11));
      assertThat(busy.get("/account").status()).isEqualTo(200);
    }
    server.clock.advance(Duration.ofHours(3).minusMinutes(2));
    assertThat(busy.get("/account").status()).isEqualTo(200);
    server.clock.advance(Duration.ofMinutes(2));
    assertThat(location(busy.get("/account"))).isEqualTo("/login");
  }

  @Test
  void sessionSurvivesARestart() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);

    server.restart();

    assertThat(browser.get("/account").status()).isEqualTo(200);
    assertThat(location(browser.get("/login"))).isEqualTo("/account");
  }

  @Test
  void personWhoIsRemovedIsSignedOut() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);

    Outcomes.ok(server.server().people().remove("ada"));

    assertThat(location(browser.get("/account"))).isEqualTo("/login");
  }

  @Test
  void pageToGoOnToIsNeverTakenFromTheRequest() {
    Visitor browser = server.visitor();
    Map<String, String> fields = hidden(browser.get("/login?request=//evil.example/"));
    fields.put("username", "ada");
    fields.put("password", TestServer.PASSWORD);

    assertThat(location(browser.post("/login", fields))).isEqualTo("/account");
  }
}
