package dev.doorward.auth.account;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.SoftAuthenticator;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adding passkeys and signing in with them, over the whole HTTP surface. */
class PasskeysTest {
  private static final String SESSION = "__Host-doorward-session";

  @TempDir Path dataDir;
  private TestServer server;
  private Visitor browser;
  private final SoftAuthenticator key = new SoftAuthenticator();

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

  private static String data(AuthReply page, String name) {
    Matcher matcher = Pattern.compile("data-" + name + "=\"([^\"]*)\"").matcher(text(page));
    assertThat(matcher.find()).as(name + " in " + text(page)).isTrue();
    return matcher.group(1);
  }

  private AuthReply add(Visitor visitor, SoftAuthenticator authenticator) {
    AuthReply page = visitor.get("/account/passkeys");
    Map<String, String> form = hidden(page, "/account/passkeys");
    form.putAll(authenticator.create(data(page, "challenge"), data(page, "handle")));
    form.put("name", "My key");
    return visitor.post("/account/passkeys", form);
  }

  private static AuthReply signIn(Visitor visitor, SoftAuthenticator authenticator) {
    AuthReply page = visitor.get("/login");
    Map<String, String> form = hidden(page, "/login/passkey");
    form.putAll(authenticator.get(data(page, "challenge")));
    return visitor.post("/login/passkey", form);
  }

  @Test
  void passkeySignsInWithoutANameOrAPassword() {
    assertThat(location(add(browser, key))).isEqualTo("/account/passkeys");
    assertThat(server.notes.last().event()).isEqualTo("passkey_added");
    key.counter = 2;

    Visitor other = server.visitor();
    assertThat(location(signIn(other, key))).isEqualTo("/account");

    assertThat(text(other.get("/account"))).contains("<bdi>ada</bdi>", "with a passkey");
    assertThat(server.notes.last().fields()).containsEntry("method", "passkey");
    assertThat(text(other.get("/account/passkeys"))).contains("My key", "last used <time");
  }

  @Test
  void pageSaysWhatTheScriptNeedsAndLetsOnlyOurScriptRun() {
    AuthReply page = browser.get("/account/passkeys");

    assertThat(header(page, "Content-Security-Policy"))
        .contains("default-src 'none'", "; script-src 'self';");
    assertThat(data(page, "rp")).isEqualTo("edge.example");
    assertThat(data(page, "algorithms")).isEqualTo("-7 -8 -257");
    assertThat(data(page, "handle")).hasSize(43);
    assertThat(text(page)).contains("<noscript>").doesNotContainPattern("<script>|<script [^s]");
    assertThat(header(browser.get("/account"), "Content-Security-Policy"))
        .doesNotContain("script-src");
  }

  @Test
  void signInPageHasNoScriptBeforeThereIsAPasskey() {
    assertThat(text(server.visitor().get("/login"))).doesNotContain("<script");
    add(browser, key);
    assertThat(text(server.visitor().get("/login"))).contains("src=\"/login/passkey.js?v=");
  }

  @Test
  void passkeyOfACopyIsRefusedAndRaisesAnAlarm() {
    key.counter = 7;
    add(browser, key);
    key.counter = 7;

    Visitor thief = server.visitor();
    AuthReply reply = signIn(thief, key);

    assertThat(reply.status()).isEqualTo(401);
    assertThat(text(reply)).contains("it may have been copied");
    assertThat(thief.cookies()).doesNotContainKey(SESSION);
    assertThat(server.notes.last().event()).isEqualTo("passkey_counter_stepped_back");
    assertThat(text(browser.get("/account/passkeys"))).contains("its counter stepped back");
  }

  @Test
  void passkeyWithoutACounterIsNoCopy() {
    key.counter = 0;
    add(browser, key);

    assertThat(location(signIn(server.visitor(), key))).isEqualTo("/account");
    assertThat(location(signIn(server.visitor(), key))).isEqualTo("/account");
  }

  @Test
  void challengeIsGoodOnce() {
    key.counter = 0;
    add(browser, key);
    Visitor visitor = server.visitor();
    AuthReply page = visitor.get("/login");
    Map<String, String> form = hidden(page, "/login/passkey");
    form.putAll(key.get(data(page, "challenge")));

    assertThat(visitor.post("/login/passkey", form).status()).isEqualTo(303);
    visitor.cookies().remove(SESSION);
    AuthReply again = visitor.post("/login/passkey", form);

    assertThat(again.status()).isEqualTo(401);
    assertThat(text(again)).contains("was sent twice");
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
  }

  @Test
  void challengeIsGoodForFiveMinutesAndInItsBrowser() {
    add(browser, key);
    key.counter = 2;
    Visitor visitor = server.visitor();
    AuthReply page = visitor.get("/login");
    Map<String, String> form = hidden(page, "/login/passkey");
    form.putAll(key.get(data(page, "challenge")));

    Visitor elsewhere = server.visitor();
    Map<String, String> theirs = hidden(elsewhere.get("/login"), "/login/passkey");
    theirs.putAll(key.get(data(page, "challenge")));
    assertThat(elsewhere.post("/login/passkey", theirs).status()).isEqualTo(401);

    server.clock.advance(Duration.ofMinutes(5));
    assertThat(visitor.post("/login/passkey", form).status()).isEqualTo(401);
  }

  static List<Consumer<SoftAuthenticator>> lies() {
    return List.of(
        k -> k.origin = "https://edge.example.evil.example",
        k -> k.origin = "http://edge.example",
        k -> k.rpId = "evil.example",
        k -> k.flags = 0x01,
        k -> k.flags = 0x04,
        k -> k.handle = new byte[32],
        k -> k.handle = new byte[0],
        k -> k.credential = new byte[] {9, 9, 9});
  }

  @ParameterizedTest
  @MethodSource("lies")
  void answerThatIsNotExactlyRightSignsNobodyIn(Consumer<SoftAuthenticator> lie) {
    add(browser, key);
    key.counter = 2;
    lie.accept(key);
    Visitor visitor = server.visitor();

    assertThat(signIn(visitor, key).status()).isEqualTo(401);
    assertThat(visitor.cookies()).doesNotContainKey(SESSION);
    assertThat(server.notes.last().event()).isEqualTo("passkey_refused");
  }

  @Test
  void signatureOfAnotherKeySignsNobodyIn() {
    add(browser, key);
    var other = new SoftAuthenticator();
    other.credential = key.credential;
    other.handle = key.handle;
    other.counter = 2;

    assertThat(signIn(server.visitor(), other).status()).isEqualTo(401);
  }

  static List<Consumer<SoftAuthenticator>> badMakes() {
    return List.of(
        k -> k.origin = "https://evil.example",
        k -> k.rpId = "evil.example",
        k -> k.flags = 0x01,
        k -> k.algorithm = -9);
  }

  @ParameterizedTest
  @MethodSource("badMakes")
  void credentialThatIsNotInOrderIsNotTaken(Consumer<SoftAuthenticator> lie) {
    lie.accept(key);

    assertThat(add(browser, key).status()).isEqualTo(400);
    assertThat(text(browser.get("/account/passkeys"))).contains("You have no passkey yet.");
  }

  @Test
  void malformedFieldsAreRefusedWithASentence() {
    AuthReply page = browser.get("/account/passkeys");
    for (String junk : new String[] {"", "!!!", "AAAA", "e30"}) {
      Map<String, String> form = hidden(page, "/account/passkeys");
      form.put("attestation", junk);
      form.put("client-data", junk);
      assertThat(browser.post("/account/passkeys", form).status()).isEqualTo(400);
    }
  }

  @Test
  void signingInWithAPasskeyForgivesWhatStrangersGuessed() {
    add(browser, key);
    key.counter = 2;
    for (int i = 0; i < 4; i++) {
      server.visitor().signIn("ada", "wrong wrong wrong");
    }
    assertThat(server.visitor().signIn("ada", TestServer.PASSWORD).status()).isEqualTo(429);

    assertThat(signIn(server.visitor(), key).status()).isEqualTo(303);

    assertThat(server.visitor().signIn("ada", "wrong wrong wrong").status()).isEqualTo(401);
  }

  @Test
  void passkeyCanBeRemovedButNotTheOnlyWayIn() {
    add(browser, key);
    Map<String, String> form = hidden(browser.get("/account/passkeys"), "/account/passkeys/remove");

    assertThat(location(browser.post("/account/passkeys/remove", form)))
        .isEqualTo("/account/passkeys");
    assertThat(server.notes.last().event()).isEqualTo("passkey_removed");
    assertThat(signIn2(server.visitor())).doesNotContain("data-passkey");

    add(browser, key);
    server.restart("login: {password: false}");
    form = hidden(browser.get("/account/passkeys"), "/account/passkeys/remove");
    assertThat(text(browser.post("/account/passkeys/remove", form))).contains("only way");
    assertThat(text(browser.get("/account/passkeys"))).contains("My key");
  }

  private static String signIn2(Visitor visitor) {
    return text(visitor.get("/login"));
  }

  @Test
  void passkeyOfSomebodyElseIsOutOfReach() {
    add(browser, key);
    String id = hidden(browser.get("/account/passkeys"), "/account/passkeys/remove").get("passkey");
    Visitor ben = server.visitor();
    ben.signIn("ben", TestServer.PASSWORD);
    Map<String, String> form = hidden(ben.get("/account/passkeys"), "/account/passkeys");
    form.put("passkey", id);

    ben.post("/account/passkeys/remove", form);

    assertThat(text(browser.get("/account/passkeys"))).contains("My key");
  }

  @Test
  void personWhoIsRemovedTakesTheirPasskeysAlong() {
    add(browser, key);
    Outcomes.ok(server.server().people().remove("ada"));
    Outcomes.ok(server.server().people().add("ada", false, Set.of()));

    Visitor visitor = server.visitor();
    assertThat(text(visitor.get("/login"))).doesNotContain("data-passkey");
  }
}
