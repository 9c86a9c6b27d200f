package dev.doorward.auth.account;

import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a person is signed in, and what needs a sign-in of the last minutes. */
class SessionsTest {
  private static final String OTHER = "kettle fog 3 marble";

  @TempDir Path dataDir;
  private TestServer server;
  private Visitor here;
  private Visitor there;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    here = server.visitor();
    here.signIn("ada", TestServer.PASSWORD);
    there = server.visitor("203.0.113.5");
    there.signIn("ada", TestServer.PASSWORD);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void accountPageListsEverySessionAndMarksThisOne() {
    assertThat(text(here.get("/account")))
        .contains("192.0.2.7", "203.0.113.5", "with a password")
        .containsOnlyOnce("This browser");
  }

  @Test
  void sessionElsewhereCanBeEnded() {
    Map<String, String> form = hidden(here.get("/account"), "/account/sessions");

    assertThat(location(here.post("/account/sessions", form))).isEqualTo("/account");

    assertThat(location(there.get("/account"))).isEqualTo("/login");
    assertThat(here.get("/account").status()).isEqualTo(200);
    assertThat(server.notes.last().event()).isEqualTo("session_ended");
  }

  @Test
  void everySessionElsewhereCanBeEndedAtOnce() {
    Visitor third = server.visitor();
    third.signIn("ada", TestServer.PASSWORD);
    Map<String, String> form = hidden(here.get("/account"), "/account/sessions");
    form.put("session", "others");

    here.post("/account/sessions", form);

    assertThat(location(there.get("/account"))).isEqualTo("/login");
    assertThat(location(third.get("/account"))).isEqualTo("/login");
    assertThat(here.get("/account").status()).isEqualTo(200);
  }

  @Test
  void sessionOfSomebodyElseIsOutOfReach() {
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    Map<String, String> form = hidden(ben.get("/account"), "/account/sign-out");
    form.put("session", hidden(here.get("/account"), "/account/sessions").get("session"));

    ben.post("/account/sessions", form);

    assertThat(there.get("/account").status()).isEqualTo(200);
  }

  @Test
  void newPasswordEndsEveryOtherSessionAndForgetsBrowsers() {
    Map<String, String> form = hidden(here.get("/account/password"), "/account/password");
    form.put("password", OTHER);
    form.put("repeat", OTHER);

    assertThat(location(here.post("/account/password", form))).isEqualTo("/account");

    assertThat(here.get("/account").status()).isEqualTo(200);
    assertThat(location(there.get("/account"))).isEqualTo("/login");
    assertThat(server.visitor().signIn("ada", TestServer.PASSWORD).status()).isEqualTo(401);
    assertThat(server.visitor().signIn("ada", OTHER).status()).isEqualTo(303);
    for (int i = 0; i < 5; i++) {
      server.visitor("203.0.113.5").signIn("ada", "wrong wrong wrong");
    }
    assertThat(there.signIn("ada", OTHER).status()).as("no known browser any more").isEqualTo(429);
  }

  @Test
  void badPasswordIsRefusedWithASentence() {
    Map<String, String> form = hidden(here.get("/account/password"), "/account/password");
    form.put("password", "too short");
    form.put("repeat", "too short");

    assertThat(text(here.post("/account/password", form))).contains("at least 15 characters");
    assertThat(there.get("/account").status()).isEqualTo(200);
  }

  @Test
  void sensitiveChangeNeedsASignInOfTheLastFiveMinutes() {
    Map<String, String> form = hidden(here.get("/account/password"), "/account/password");
    form.put("password", OTHER);
    form.put("repeat", OTHER);
    server.clock.advance(Duration.ofMinutes(5));

    assertThat(location(here.post("/account/password", form))).isEqualTo("/login?for=password");
    assertThat(location(here.get("/account/password"))).isEqualTo("/login?for=password");
    assertThat(text(here.get("/login?for=password"))).contains("confirm that it is you", "ada");

    assertThat(location(here.signIn("/login?for=password", "ada", TestServer.PASSWORD)))
        .isEqualTo("/account/password");
    assertThat(here.get("/account/password").status()).isEqualTo(200);
    assertThat(location(here.get("/login?for=password"))).isEqualTo("/account/password");
  }

  @Test
  void signingInAgainEndsTheOldSession() {
    String old = here.cookies().get("__Host-doorward-session");
    server.clock.advance(Duration.ofMinutes(6));
    here.signIn("/login?for=password", "ada", TestServer.PASSWORD);

    Visitor thief = server.visitor();
    thief.cookies().put("__Host-doorward-session", old);
    assertThat(location(thief.get("/account"))).isEqualTo("/login");
  }

  @Test
  void errandThatIsNoneLeadsNowhereElse() {
    assertThat(location(here.get("/login?for=https://evil.example/"))).isEqualTo("/account");
    assertThat(location(here.get("/login?for=//evil"))).isEqualTo("/account");
  }

  @Test
  void formOfAnOrdinaryAccountPageIsNoneOfASensitiveOne() {
    Map<String, String> form = hidden(here.get("/account"), "/account/sign-out");
    form.put("password", OTHER);
    form.put("repeat", OTHER);

    assertThat(here.post("/account/password", form).status()).isEqualTo(403);
  }
}
