package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.Visitor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in with an OpenID provider, over the whole HTTP surface: the trip there and back. */
class UpstreamTest extends OidcScene {
  @TempDir Path secrets;

  @Test
  void personOnAListComesInWithTheServicesOfTheListAndNoMore() {
    Visitor visitor = server.visitor();

    assertThat(location(signIn(visitor))).isEqualTo("/account");

    assertThat(text(visitor.get("/account")))
        .contains("<bdi>ada@example.com</bdi>", "through another account")
        .doesNotContain("an owner of this server");
    assertThat(server.server().people().list())
        .filteredOn(p -> p.name().equals("ada@example.com"))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.owner()).isFalse();
          assertThat(p.services()).extracting(Object::toString).containsExactly("notes");
        });
    assertThat(server.notes.last().fields()).containsEntry("via", "home");
  }

  @Test
  void requestOfAnAppWaitsAcrossTheTrip() {
    TestClient client = TestClient.register(server);
    Visitor visitor = server.visitor();
    String login = location(visitor.get(client.authorizeUrl("notes")));

    assertThat(location(visitor.get(home.visit(press(visitor, login, "home")))))
        .startsWith("/consent?request=dwq_");
  }

  @Test
  void buttonIsThereAndTheTripSaysEverythingThatItMust() {
    Visitor visitor = server.visitor();
    assertThat(text(visitor.get("/login"))).contains("Continue with <bdi>Home</bdi>");

    String url = press(visitor, "/login", "home");

    assertThat(FakeOidc.parameters(URI.create(url)))
        .containsEntry("response_type", "code")
        .containsEntry("redirect_uri", "https://edge.example/login/upstream/home/callback")
        .containsEntry("scope", "openid email profile")
        .containsEntry("code_challenge_method", "S256")
        .hasEntrySatisfying("nonce", nonce -> assertThat(nonce).hasSize(43))
        .hasEntrySatisfying("state", state -> assertThat(state).startsWith("dwe_"));
    assertThat(press(visitor, "/login", "home")).isNotEqualTo(url);
  }

  @Test
  void stateIsGoodOnceInItsBrowserAndForTenMinutes() {
    Visitor visitor = server.visitor();
    String back = home.visit(press(visitor, "/login", "home"));
    Visitor thief = server.visitor();
    thief.get("/login");
    assertThat(thief.get(back).status()).isEqualTo(400);
    assertThat(server.visitor().get(back).status()).isEqualTo(400);

    assertThat(visitor.get(back).status()).isEqualTo(303);
    visitor.cookies().remove(SESSION);
    assertThat(visitor.get(back).status()).isEqualTo(400);

    String late = home.visit(press(visitor, "/login", "home"));
    server.clock.advance(Duration.ofMinutes(10));
    AuthReply reply = visitor.get(late);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(text(reply)).contains("longer than ten minutes");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void answerOfOneProviderIsNoneOfAnother() {
    Visitor visitor = server.visitor();
    String back = home.visit(press(visitor, "/login", "home"));

    assertThat(visitor.get(back.replace("/home/", "/other/")).status()).isEqualTo(400);
    assertThat(visitor.get(back.replace("/home/", "/nobody/")).status()).isEqualTo(404);
  }

  @Test
  void issuerThatAnswersMustBeTheOneThatWasAsked() {
    Visitor visitor = server.visitor();
    String back = home.visit(press(visitor, "/login", "home"));
    assertThat(visitor.get(back + "&iss=https%3A%2F%2Fevil.example").status()).isEqualTo(403);

    home.metadata.put("authorization_response_iss_parameter_supported", true);
    server.restart();
    assertThat(signIn(visitor).status()).isEqualTo(303);
    Visitor another = server.visitor();
    String silent = home.visit(press(another, "/login", "home")).replaceFirst("&iss=[^&]*", "");
    assertThat(another.get(silent).status()).isEqualTo(403);
  }

  @Test
  void whileTheProviderIsAwayWhoIsInStaysAndNobodyComesIn() {
    Visitor inside = server.visitor();
    signIn(inside);
    Visitor visitor = server.visitor();
    String back = home.visit(press(visitor, "/login", "home"));
    home.status = 500;
    assertThat(visitor.get(back).status()).isEqualTo(503);

    server.restart();
    server.elsewhere.remove("https://login.example.com");
    Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/home");
    AuthReply reply = visitor.post("/login/upstream/home", form);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(text(reply)).contains("Home does not answer", "upstream_unavailable");
    assertThat(header(reply, "Retry-After")).isEqualTo("30");
    assertThat(inside.get("/account").status()).isEqualTo(200);
  }

  @Test
  void refusalAtTheProviderIsToldInWordsAndNotEchoed() {
    Visitor visitor = server.visitor();
    String state = FakeOidc.parameters(URI.create(press(visitor, "/login", "home"))).get("state");

    AuthReply reply =
        visitor.get(
            "/login/upstream/home/callback?error=access_denied&error_description=%3Cb%3Ehi"
                + "&state="
                + state);

    assertThat(text(reply)).contains("You did not allow it at Home.").doesNotContain("hi<");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void buttonOfAnotherSiteOrOfNobodyDoesNothing() {
    Visitor visitor = server.visitor();
    Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/home");
    form.put("request", "another");
    assertThat(visitor.post("/login/upstream/home", form).status()).isEqualTo(403);
    assertThat(visitor.post("/login/upstream/nobody", form).status()).isEqualTo(404);
  }

  @Test
  void accountsElsewhereCanBeTheOnlyWayIn() {
    server.restart(yaml("allow-emails: [ada@example.com]") + "  password: false\n");
    Visitor visitor = server.visitor();

    assertThat(text(visitor.get("/login"))).doesNotContain("name=\"password\"");
    assertThat(location(signIn(visitor))).isEqualTo("/account");
  }

  @Test
  void secretMayLieInAFileThatNobodyElseReads() throws Exception {
    Path file = Files.writeString(secrets.resolve("home.secret"), FakeOidc.SECRET + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String lines =
        yaml("allow-emails: [ada@example.com]")
            .replace("client-secret: \"" + FakeOidc.SECRET + "\"", "client-secret-file: " + file);
    server.restart(lines);
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(503);
  }

  @Test
  void tokensOfTheProviderAreNotKept() throws Exception {
    signIn(server.visitor());

    for (Path file : server.files()) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
          .doesNotContain("upstream-access-token", FakeOidc.SECRET);
    }
  }
}
