package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeGitHub;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.common.token.AccessToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in with GitHub, over the whole HTTP surface. */
class GitHubTest {
  private static final String BY_ORGANISATION = "allow-organisations: [example-org]";

  @TempDir Path dataDir;
  private final FakeGitHub hub = new FakeGitHub();
  private TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir, yaml(BY_ORGANISATION));
    server.elsewhere.put("https://github.com", hub);
    server.elsewhere.put("https://api.github.com", hub);
    hub.memberships.put("example-org", "active");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String yaml(String lists) {
    return """
    login:
      upstream:
        hub:
          kind: github
          client-id: Iv1.0123456789abcdef
          client-secret: hub-secret
          label: GitHub
          services: [notes]
          %s
    """
        .formatted(lists);
  }

  private AuthReply signIn(Visitor visitor) {
    return signIn(visitor, "/login");
  }

  private AuthReply signIn(Visitor visitor, String page) {
    Map<String, String> form = hidden(visitor.get(page), "/login/upstream/hub");
    String url =
        header(visitor.post("/login/upstream/hub", form), "Refresh").replace("0; url=", "");
    return visitor.get(hub.visit(url));
  }

  @Test
  void memberOfAListedOrganisationComesIn() {
    Visitor visitor = server.visitor();

    assertThat(location(signIn(visitor))).isEqualTo("/account");
    assertThat(text(visitor.get("/account"))).contains("<bdi>octocat@example.com</bdi>");
  }

  @Test
  void memberWhoWasOnlyInvitedThereOrIsNoneDoesNot() {
    hub.memberships.put("example-org", "pending");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    hub.memberships.clear();
    hub.memberships.put("another-org", "active");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    hub.membershipStatus = 403;
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void accountIsItsNumberWhateverItsNameIs() {
    Visitor first = server.visitor();
    signIn(first);
    hub.login = "renamed";
    hub.emails = List.of(Map.of("email", "new@example.com", "primary", true, "verified", true));
    Visitor same = server.visitor();
    signIn(same);
    assertThat(text(same.get("/account"))).contains("<bdi>octocat@example.com</bdi>");

    hub.id = 1;
    hub.login = "octocat";
    Visitor other = server.visitor();
    signIn(other);
    assertThat(text(other.get("/account"))).contains("<bdi>new@example.com</bdi>");
  }

  @Test
  void addressCountsWhereItIsPrimaryAndVerified() {
    server.restart(yaml("allow-emails: [octocat@example.com, old@example.net]"));
    hub.emails =
        List.of(
            Map.of("email", "old@example.net", "primary", false, "verified", true),
            Map.of("email", "octocat@example.com", "primary", true, "verified", false));
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);

    hub.emails = List.of(Map.of("email", "octocat@example.com", "primary", true, "verified", true));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
  }

  @Test
  void refusalThatComesWithStatus200IsARefusal() {
    Visitor visitor = server.visitor();
    Map<String, String> form = hidden(visitor.get("/login"), "/login/upstream/hub");
    String url =
        header(visitor.post("/login/upstream/hub", form), "Refresh").replace("0; url=", "");
    String back = hub.visit(url).replaceFirst("code=[^&]*", "code=another");

    AuthReply reply = visitor.get(back);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(server.notes.last().fields().get("why")).contains("bad_verification_code");
  }

  @Test
  void whoIsAMemberNoMoreIsOutEverywhereWithinMinutes() {
    Visitor visitor = server.visitor();
    AccessToken token = signInAndAllow(visitor);
    hub.memberships.clear();
    server.clock.advance(Duration.ofMinutes(5));

    server.server().maintain();

    assertThat(location(visitor.get("/account"))).isEqualTo("/login");
    assertThat(server.server().revocations().isRevoked(token)).isTrue();
    assertThat(server.notes.last().event()).isEqualTo("upstream_membership_lost");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void tokenThatGitHubTakesNoMoreIsTheEndToo() {
    Visitor visitor = server.visitor();
    signIn(visitor);
    hub.membershipStatus = 401;
    server.clock.advance(Duration.ofMinutes(6));

    server.server().maintain();

    assertThat(location(visitor.get("/account"))).isEqualTo("/login");
  }

  @Test
  void whileGitHubIsAwayWhoIsInStaysAndNobodyComesIn() {
    Visitor visitor = server.visitor();
    signIn(visitor);
    server.clock.advance(Duration.ofMinutes(6));
    hub.down = true;
    server.server().maintain();
    assertThat(visitor.get("/account").status()).isEqualTo(200);
    assertThat(signIn(server.visitor()).status()).isEqualTo(503);

    hub.down = false;
    hub.limited = true;
    server.server().maintain();
    assertThat(visitor.get("/account").status()).isEqualTo(200);
    assertThat(signIn(server.visitor()).status()).isEqualTo(503);

    hub.limited = false;
    server.server().maintain();
    assertThat(visitor.get("/account").status()).isEqualTo(200);
  }

  @Test
  void tokenIsKeptSealedAndOnlyWhereMembershipIsAskedFor() throws Exception {
    signIn(server.visitor());
    assertThat(tokens()).isEqualTo(1);
    for (Path file : server.files()) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
          .doesNotContain(FakeGitHub.TOKEN, "hub-secret");
    }

    hub.id = 2;
    server.restart(yaml("allow-emails: [octocat@example.com]"));
    signIn(server.visitor());
    assertThat(tokens()).isEqualTo(1);
  }

  private int tokens() {
    return server
        .database()
        .jdbi()
        .withHandle(h ->
            h.createQuery("select count(*) from upstream_identity where token is not null")
                .mapTo(Integer.class)
                .one());
  }

  private AccessToken signInAndAllow(Visitor visitor) {
    TestClient client = TestClient.register(server);
    String consent = location(signIn(visitor, location(visitor.get(client.authorizeUrl("notes")))));
    String code =
        TestClient.parameter(location(visitor.decide(consent, "allow")), "code").orElseThrow();
    return server.verified(
        TestClient.json(client.redeem(code)).get("access_token").asString(), "notes");
  }
}
