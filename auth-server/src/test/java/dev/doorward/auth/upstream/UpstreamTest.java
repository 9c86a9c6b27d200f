package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.login.People;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in with an OpenID provider, over the whole HTTP surface. */
class UpstreamTest {
  private static final String ISSUER = "https://login.example.com/realms/home";
  private static final String SESSION = "__Host-doorward-session";

  @TempDir Path dataDir;
  @TempDir Path secrets;
  private final FakeOidc home = new FakeOidc(ISSUER, "doorward");
  private TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir, yaml("allow-emails: [Ada@example.com]"));
    server.providers.put("https://login.example.com", home);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String yaml(String lists) {
    return """
    login:
      upstream:
        home:
          issuer: %s
          client-id: doorward
          client-secret: "%s"
          label: Home
          services: [notes]
          %s
        other:
          issuer: https://other.example.com
          client-id: doorward
          client-secret: x
    """
        .formatted(ISSUER, FakeOidc.SECRET, lists);
  }

  /** Presses the button on the page at {@code target}; the address that the browser is sent to. */
  private static String press(Visitor visitor, String target, String provider) {
    AuthReply page = visitor.get(target);
    Map<String, String> form = hidden(page, "/login/upstream/" + provider);
    AuthReply reply = visitor.post("/login/upstream/" + provider, form);
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return header(reply, "Refresh").replace("0; url=", "");
  }

  private AuthReply signIn(Visitor visitor) {
    return visitor.get(home.visit(press(visitor, "/login", "home")));
  }

  private List<String> people() {
    return server.server().people().list().stream().map(People.Person::name).toList();
  }

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

    assertThat(FakeOidc.parameters(java.net.URI.create(url)))
        .containsEntry("response_type", "code")
        .containsEntry("redirect_uri", "https://edge.example/login/upstream/home/callback")
        .containsEntry("scope", "openid email profile")
        .containsEntry("code_challenge_method", "S256")
        .hasEntrySatisfying("nonce", nonce -> assertThat(nonce).hasSize(43))
        .hasEntrySatisfying("state", state -> assertThat(state).startsWith("dwu_"));
    assertThat(press(visitor, "/login", "home")).isNotEqualTo(url);
  }

  @Test
  void nobodyComesInWhereNothingIsListed() {
    server.restart(yaml(""));

    AuthReply reply = signIn(server.visitor());

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("not on the list of this server", "person_not_admitted");
    assertThat(people()).doesNotContain("ada@example.com");
    assertThat(server.notes.last().event()).isEqualTo("upstream_refused");
  }

  @Test
  void addressThatTheProviderHasNotVerifiedIsNone() {
    for (Object verified : new Object[] {false, "false", 1, "yes"}) {
      home.person.put("email_verified", verified);
      assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    }
    home.person.remove("email_verified");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void domainIsThatOfAVerifiedAddressAndWhole() {
    server.restart(yaml("allow-domains: [example.com]"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);

    for (String email :
        new String[] {"x@sub.example.com", "x@evil-example.com", "x@example.com@evil.example"}) {
      home.person.put("sub", email);
      home.person.put("email", email);
      assertThat(signIn(server.visitor()).status()).as(email).isEqualTo(403);
    }
  }

  @Test
  void groupsAreReadFromTheClaimThatTheOperatorNames() {
    server.restart(yaml("groups-claim: roles\n      allow-groups: [family]"));
    home.person.put("groups", List.of("family"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    home.person.put("roles", "family");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);

    home.person.put("roles", List.of("staff", "family"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
  }

  @Test
  void accountIsKnownByItsIdentifierAndNotByItsAddress() {
    signIn(server.visitor());
    home.person.put("email", "ada.new@example.com");
    home.person.put("email_verified", true);
    server.restart(yaml("allow-emails: [ada@example.com, ada.new@example.com]"));
    Visitor same = server.visitor();
    signIn(same);
    assertThat(text(same.get("/account"))).contains("<bdi>ada@example.com</bdi>");

    home.person.put("sub", "somebody-else");
    home.person.put("email", "ada@example.com");
    Visitor other = server.visitor();
    signIn(other);
    assertThat(text(other.get("/account"))).contains("<bdi>ada@example.com-2</bdi>");
  }

  @Test
  void addressOfALocalPersonMakesNobodyThatPerson() {
    Outcomes.ok(
        server
            .server()
            .people()
            .addWithPassword("ada@example.com", true, Set.of(), TestServer.PASSWORD));

    Visitor visitor = server.visitor();
    signIn(visitor);

    assertThat(text(visitor.get("/account")))
        .contains("<bdi>ada@example.com-2</bdi>")
        .doesNotContain("an owner of this server");
  }

  @Test
  void whoIsTakenOffTheListDoesNotComeInAgainAndIsOutEverywhere() {
    Visitor before = server.visitor();
    signIn(before);
    server.restart(yaml("allow-emails: [ben@example.com]"));
    assertThat(before.get("/account").status()).isEqualTo(200);

    assertThat(signIn(server.visitor()).status()).isEqualTo(403);

    assertThat(location(before.get("/account"))).isEqualTo("/login");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/account/passkeys", "/account/password", "/account/second-factor"})
  void whoCameInByAListHasNoWayInThatOutlivesIt(String page) {
    Visitor visitor = server.visitor();
    signIn(visitor);

    assertThat(location(visitor.get(page))).isEqualTo("/account");
    assertThat(text(visitor.get("/account"))).doesNotContain(page);
    assertThat(text(visitor.get("/account/links")))
        .contains("sign in with it only")
        .doesNotContain("/login/upstream/");
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

  static List<Consumer<FakeOidc>> lies() {
    Date past = Date.from(Instant.parse("2026-11-20T11:58:00Z"));
    Date future = Date.from(Instant.parse("2026-11-20T12:02:00Z"));
    return List.of(
        p -> p.twist = c -> c.claim("nonce", "another"),
        p -> p.twist = c -> c.claim("nonce", null),
        p -> p.twist = c -> c.issuer("https://login.example.com/realms/evil"),
        p -> p.twist = c -> c.issuer(ISSUER + "/"),
        p -> p.twist = c -> c.audience("somebody"),
        p -> p.twist = c -> c.audience(List.of("doorward", "somebody")),
        p -> p.twist = c -> c.claim("azp", "somebody"),
        p -> p.twist = c -> c.expirationTime(past),
        p -> p.twist = c -> c.expirationTime(null),
        p -> p.twist = c -> c.notBeforeTime(future),
        p -> p.twist = c -> c.subject(null),
        p -> p.twist = c -> c.claim("at_hash", FakeOidc.accessTokenHash("another")),
        p -> p.sign = claims -> new PlainJWT(claims).serialize(),
        p -> p.sign = UpstreamTest::symmetric,
        p -> p.sign = claims -> p.signed(claims) + "AAAA",
        p -> p.sign = claims -> new FakeOidc(ISSUER, "doorward").signed(claims),
        p -> p.sign = _ -> "no token");
  }

  private static String symmetric(JWTClaimsSet claims) {
    try {
      var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
      token.sign(
          new MACSigner(
              FakeOidc.SECRET.repeat(3).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("lies")
  void idTokenThatIsNotExactlyRightSignsNobodyIn(Consumer<FakeOidc> lie) {
    lie.accept(home);
    Visitor visitor = server.visitor();

    AuthReply reply = signIn(visitor);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("upstream_refused").doesNotContain("eyJ");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void idTokenWithEverythingInItIsTaken() {
    home.twist =
        claims ->
            claims
                .audience(List.of("somebody", "doorward"))
                .claim("azp", "doorward")
                .claim("at_hash", FakeOidc.accessTokenHash("upstream-access-token"));

    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
  }

  @Test
  void claimsThatTheTokenLeavesOutAreAskedForAndMustBeTheSamePersons() {
    home.metadata.put("userinfo_endpoint", ISSUER + "/userinfo");
    home.person.remove("email");
    home.person.remove("email_verified");
    home.userInfo.putAll(
        Map.of("sub", "248289761001", "email", "ada@example.com", "email_verified", true));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);

    home.userInfo.put("sub", "somebody-else");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    home.userInfo.remove("sub");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void keyThatIsNewIsFetchedAndOneThatIsUnknownNotAllTheTime() {
    signIn(server.visitor());
    home.rotate("k2");
    server.clock.advance(Duration.ofMinutes(1));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
    int asked = home.keysAsked;

    home.sign =
        claims -> {
          var liar = new FakeOidc(ISSUER, "doorward");
          liar.rotate("unknown");
          return liar.signed(claims);
        };
    for (int i = 0; i < 5; i++) {
      assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    }
    assertThat(home.keysAsked).isLessThanOrEqualTo(asked + 1);
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
    server.providers.remove("https://login.example.com");
    Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/home");
    AuthReply reply = visitor.post("/login/upstream/home", form);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(text(reply)).contains("Home does not answer", "upstream_unavailable");
    assertThat(header(reply, "Retry-After")).isEqualTo("30");
    assertThat(inside.get("/account").status()).isEqualTo(200);
  }

  @Test
  void discoveryOfAnotherIssuerIsNotBelieved() {
    for (Map<String, Object> lie :
        List.<Map<String, Object>>of(
            Map.of("issuer", "https://evil.example"),
            Map.of("token_endpoint", "http://login.example.com/token"),
            Map.of("authorization_endpoint", "javascript:alert(1)"),
            Map.of("jwks_uri", "https://user@evil.example/jwks"))) {
      server.restart();
      home.metadata.clear();
      home.metadata.putAll(lie);
      Visitor visitor = server.visitor();
      Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/home");
      assertThat(visitor.post("/login/upstream/home", form).status()).isEqualTo(503);
    }
  }

  @Test
  void refusalAtTheProviderIsToldInWordsAndNotEchoed() {
    Visitor visitor = server.visitor();
    String state =
        FakeOidc.parameters(java.net.URI.create(press(visitor, "/login", "home"))).get("state");

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
  void accountsElsewhereCanBeTheOnlyWayIn() {
    server.restart(yaml("allow-emails: [ada@example.com]") + "  password: false\n");
    Visitor visitor = server.visitor();

    assertThat(text(visitor.get("/login"))).doesNotContain("name=\"password\"");
    assertThat(location(signIn(visitor))).isEqualTo("/account");
  }

  @Test
  void stepUpAsksTheProviderForAFreshSignInAndBelievesNoOldOne() {
    server.restart(yaml(""));
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    ben.get(home.visit(press(ben, "/account/links", "home")));
    server.clock.advance(Duration.ofMinutes(10));

    String url = press(ben, "/login?for=passkeys", "home");
    assertThat(FakeOidc.parameters(java.net.URI.create(url)))
        .containsEntry("prompt", "login")
        .containsEntry("max_age", "0");
    home.person.put("auth_time", Instant.parse("2026-11-20T12:00:00Z").getEpochSecond());
    assertThat(ben.get(home.visit(url)).status()).isEqualTo(403);

    home.person.put("auth_time", Instant.parse("2026-11-20T12:10:00Z").getEpochSecond());
    assertThat(location(ben.get(home.visit(press(ben, "/login?for=passkeys", "home")))))
        .isEqualTo("/account/passkeys");
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
      assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("upstream-access-token", FakeOidc.SECRET);
    }
  }
}
