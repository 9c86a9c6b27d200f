package dev.doorward.auth.personal;

import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on which people make and revoke personal access tokens. */
class TokensPageTest {
  private static final Pattern TOKEN = Pattern.compile("dwp_[0-9A-Za-z]{49}");
  private static final Pattern FIELD =
      Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">");

  @TempDir Path dataDir;
  private TestServer server;
  private Visitor browser;

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

  /** The hidden fields of the form that posts to {@code action}. */
  private static Map<String, String> form(AuthReply page, String action) {
    String html = text(page);
    int start = html.indexOf("action=\"" + action + "\"");
    assertThat(start).as(html).isPositive();
    Map<String, String> fields = new java.util.LinkedHashMap<>();
    Matcher field = FIELD.matcher(html.substring(start, html.indexOf("</form>", start)));
    while (field.find()) {
      fields.put(field.group(1), field.group(2));
    }
    return fields;
  }

  private Map<String, String> filled() {
    Map<String, String> fields = form(browser.get("/account/tokens"), "/account/tokens");
    fields.put("name", "nightly backup");
    fields.put("service", "notes");
    fields.put("days", "30");
    return fields;
  }

  private static String token(AuthReply page) {
    Matcher found = TOKEN.matcher(text(page));
    assertThat(found.find()).as(text(page)).isTrue();
    return found.group();
  }

  @Test
  void tokenIsShownOnceAndListedByName() {
    AuthReply made = browser.post("/account/tokens", filled());

    assertThat(made.status()).isEqualTo(200);
    String token = token(made);
    assertThat(TokenText.isWellFormed(token)).isTrue();
    String list = text(browser.get("/account/tokens"));
    assertThat(list).contains("nightly backup", "never used").doesNotContain(token);
  }

  @Test
  void sameFormAgainMakesNoSecondOne() {
    Map<String, String> fields = filled();
    browser.post("/account/tokens", fields);

    AuthReply again = browser.post("/account/tokens", fields);

    assertThat(again.status()).isEqualTo(400);
    assertThat(text(again)).contains("made already");
    assertThat(server.server().personalTokens().all()).hasSize(1);
  }

  @Test
  void needsASignInOfTheLastFiveMinutes() {
    Map<String, String> fields = filled();
    server.clock.advance(Duration.ofMinutes(5));

    assertThat(text(browser.get("/account/tokens")))
        .contains("sign in again")
        .doesNotContain("name=\"days\"");
    assertThat(Visitor.location(browser.post("/account/tokens", fields)))
        .isEqualTo("/login?for=tokens");
    assertThat(server.server().personalTokens().all()).isEmpty();
  }

  @Test
  void revokesOwnOnesOnly() {
    browser.post("/account/tokens", filled());
    String id = server.server().personalTokens().all().getFirst().id();
    Visitor olga = server.visitor();
    olga.signIn("olga", TestServer.PASSWORD);
    Map<String, String> others = form(olga.get("/account/tokens"), "/account/tokens");
    others.put("token", id);
    olga.post("/account/tokens/revoke", others);
    assertThat(server.server().personalTokens().all()).hasSize(1);

    Map<String, String> own = form(browser.get("/account/tokens"), "/account/tokens/revoke");
    assertThat(own).containsEntry("token", id);
    assertThat(Visitor.location(browser.post("/account/tokens/revoke", own)))
        .isEqualTo("/account/tokens");
    assertThat(server.server().personalTokens().all()).isEmpty();
  }

  @Test
  void offersOnlyServicesThatThePersonMayUse() {
    assertThat(text(browser.get("/account/tokens")))
        .contains("<option value=\"notes\">")
        .doesNotContain("<option value=\"mail\">");
    Map<String, String> fields = filled();
    fields.put("service", "mail");

    AuthReply refused = browser.post("/account/tokens", fields);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(text(refused)).contains("no such service");
  }

  @Test
  void whatIsWrongIsToldAndNothingIsMade() {
    for (Map.Entry<String, String> wrong :
        Map.of("name", " ", "days", "91", "service", "../x", "id", "pat_x").entrySet()) {
      Map<String, String> fields = filled();
      fields.put(wrong.getKey(), wrong.getValue());
      assertThat(browser.post("/account/tokens", fields).status())
          .as(wrong.toString())
          .isEqualTo(400);
    }
    Map<String, String> fields = filled();
    fields.put("days", "x");
    assertThat(browser.post("/account/tokens", fields).status()).isEqualTo(400);
    assertThat(server.server().personalTokens().all()).isEmpty();
  }

  @Test
  void formOfAnotherSiteOrAnotherSessionMakesNothing() {
    Map<String, String> fields = filled();
    assertThat(
            browser
                .post("/account/tokens", fields, Map.of("origin", List.of("https://evil.example")))
                .status())
        .isEqualTo(403);
    fields.put("csrf", "x");
    assertThat(browser.post("/account/tokens", fields).status()).isEqualTo(403);
    assertThat(Visitor.location(server.visitor().get("/account/tokens")))
        .isEqualTo("/login?for=tokens");
    assertThat(server.server().personalTokens().all()).isEmpty();
  }
}
