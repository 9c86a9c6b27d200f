package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Accounts elsewhere that people here link, and what they prove with them. */
class LinkedAccountTest extends OidcScene {
  @Test
  void linkingNeedsBothSignInsAndThenSignsIn() {
    server.restart(yaml(""));
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);

    assertThat(location(ben.get(home.visit(press(ben, "/account/links", "home")))))
        .isEqualTo("/account/links");

    assertThat(text(ben.get("/account/links"))).contains("<bdi>Home</bdi>", "ada@example.com");
    Visitor later = server.visitor();
    assertThat(location(signIn(later))).isEqualTo("/account");
    assertThat(text(later.get("/account"))).contains("<bdi>ben</bdi>");
  }

  @Test
  void linkIsNotMadeForAnotherSessionThanTheOneThatAsked() {
    server.restart(yaml(""));
    Visitor browser = server.visitor();
    browser.signIn("ben", TestServer.PASSWORD);
    String back = home.visit(press(browser, "/account/links", "home"));
    browser.cookies().remove(SESSION);
    browser.signIn("ada", TestServer.PASSWORD);

    assertThat(browser.get(back).status()).isEqualTo(400);
    assertThat(text(browser.get("/account/links"))).contains("None yet.");
  }

  @Test
  void linkingNeedsAFreshSignIn() {
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    Map<String, String> form = hidden(ben.get("/account/links"), "/login/upstream/home");
    server.clock.advance(Duration.ofMinutes(6));

    assertThat(location(ben.post("/login/upstream/home", form))).isEqualTo("/login?for=links");
  }

  @Test
  void accountOfOnePersonCannotBeLinkedToAnother() {
    signIn(server.visitor());
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);

    AuthReply reply = ben.get(home.visit(press(ben, "/account/links", "home")));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("linked to another person");
  }

  @Test
  void linkCanBeTakenAwayButNotTheOnlyWayIn() {
    server.restart(yaml(""));
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    ben.get(home.visit(press(ben, "/account/links", "home")));
    Map<String, String> form = hidden(ben.get("/account/links"), "/account/links");

    server.restart(yaml("") + "  password: false\n");
    assertThat(text(ben.post("/account/links", form))).contains("only way to sign in");
    server.restart(yaml(""));
    assertThat(location(ben.post("/account/links", form))).isEqualTo("/account/links");

    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void invitedPersonMayComeWithAnAccountInsteadOfAPassword() {
    server.restart(yaml(""));
    String link = Outcomes.ok(server.server().people().add("grace", false, Set.of())).setupUrl();
    String path = link.substring(TestServer.ISSUER.value().length());
    Visitor grace = server.visitor();

    assertThat(location(grace.get(home.visit(press(grace, path, "home"))))).isEqualTo("/account");

    assertThat(text(grace.get("/account"))).contains("<bdi>grace</bdi>");
    assertThat(server.visitor().get(path).status()).as("the link is used").isEqualTo(410);
    assertThat(location(signIn(server.visitor()))).isEqualTo("/account");
  }

  @Test
  void stepUpAsksTheProviderForAFreshSignInAndBelievesNoOldOne() {
    server.restart(yaml(""));
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    ben.get(home.visit(press(ben, "/account/links", "home")));
    server.clock.advance(Duration.ofMinutes(10));

    String url = press(ben, "/login?for=passkeys", "home");
    assertThat(FakeOidc.parameters(URI.create(url)))
        .containsEntry("prompt", "login")
        .containsEntry("max_age", "0");
    assertThat(ben.get(home.visit(url)).status()).isEqualTo(403);
    home.twist = claims -> claims.claim("auth_time", null);
    assertThat(ben.get(home.visit(press(ben, "/login?for=passkeys", "home"))).status())
        .isEqualTo(403);
    home.twist = _ -> {};

    home.person.put("auth_time", Instant.parse("2026-11-20T12:10:00Z").getEpochSecond());
    assertThat(location(ben.get(home.visit(press(ben, "/login?for=passkeys", "home")))))
        .isEqualTo("/account/passkeys");
  }
}
