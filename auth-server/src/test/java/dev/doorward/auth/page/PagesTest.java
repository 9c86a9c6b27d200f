package dev.doorward.auth.page;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagesTest {
  private static final String EVIL = "\"><script>alert('x')</script>&{{x}}";

  private static final Phrase SAID = Phrase.of("common.as-is", EVIL);
  private static final UpstreamButtons BUTTONS =
      new UpstreamButtons(
          List.of(new UpstreamButtons.Button(EVIL, EVIL)), EVIL, EVIL, EVIL, EVIL, EVIL);
  private static final AuthCall CALL = LanguageTest.call();

  private final Pages pages = new Pages(TestServer.ISSUER, new Assets());

  static SignInPage signInPage(String text, Optional<Phrase> problem) {
    return new SignInPage(
        text, text, text, text, text, true, false, Optional.empty(), BUTTONS, problem);
  }

  private static PasskeysPage passkeys(Optional<PasskeyAsk> ask) {
    var line =
        new PasskeysPage.Line(EVIL, EVIL, true, true, Instant.EPOCH, Optional.of(Instant.EPOCH));
    return new PasskeysPage(
        EVIL, EVIL, ask, EVIL, EVIL, EVIL, List.of(line), EVIL, Optional.of(SAID));
  }

  private List<AuthReply> all() {
    var consent =
        new ConsentPage(
            EVIL,
            EVIL,
            EVIL,
            SAID,
            true,
            EVIL,
            EVIL,
            List.of(new ConsentPage.Permission(EVIL, EVIL)),
            true,
            EVIL,
            EVIL,
            EVIL,
            EVIL);
    var line = new AccountPage.Line(EVIL, EVIL, EVIL, EVIL, Instant.EPOCH, Instant.EPOCH);
    var visit = new AccountPage.Visit(EVIL, EVIL, EVIL, SAID, Instant.EPOCH, Instant.EPOCH, false);
    var door = new AccountPage.Door("/account/x", SAID, SAID);
    var account =
        new AccountPage(EVIL, true, List.of(line), List.of(visit, visit), List.of(door), EVIL);
    var way = Optional.of(new MessagePage.Way("/account", SAID));
    FormTarget target = FormTarget.of("https://app.example/cb");
    return List.of(
        pages.signIn(CALL, 200, signInPage(EVIL, Optional.of(SAID))),
        pages.setup(CALL, 200, new SetupPage(EVIL, EVIL, EVIL, true, BUTTONS, Optional.of(SAID))),
        pages.consent(CALL, consent, target),
        pages.refused(CALL, consent, target),
        pages.account(CALL, account),
        pages.code(CALL, 200, new CodePage(EVIL, EVIL, Optional.of(SAID))),
        pages.links(
            CALL,
            200,
            new LinksPage(
                List.of(new LinksPage.Line(EVIL, EVIL, EVIL, Instant.EPOCH, Instant.EPOCH)),
                false,
                BUTTONS,
                EVIL,
                Optional.of(SAID))),
        pages.passkeys(CALL, 200, passkeys(Optional.empty())),
        pages.secondFactor(
            CALL,
            200,
            new SecondFactorPage(
                EVIL,
                new SecondFactorPage.State.Pending(EVIL, EVIL, "/account/x"),
                EVIL,
                Optional.of(SAID))),
        pages.password(CALL, 200, new PasswordPage(EVIL, true, EVIL, Optional.of(SAID))),
        pages.deviceCode(CALL, 200, new DevicePage.Enter(EVIL, EVIL, EVIL, Optional.of(SAID))),
        pages.device(
            CALL,
            200,
            new DevicePage(
                EVIL,
                EVIL,
                EVIL,
                EVIL,
                List.of(new ConsentPage.Permission(EVIL, EVIL)),
                true,
                EVIL,
                EVIL,
                false,
                EVIL,
                EVIL)),
        pages.tokens(CALL, 200, tokens(EVIL)),
        pages.tokenMade(CALL, new TokensPage.Made(EVIL, EVIL, EVIL, EVIL, Instant.EPOCH)),
        pages.message(CALL, 200, new MessagePage(SAID, SAID, EVIL, EVIL, way)),
        pages.problem(CALL, 400, "consent.gone", new Problem(Reason.REDIRECT_REFUSED, EVIL)));
  }

  private static TokensPage tokens(String text) {
    var line = new TokensPage.Line(text, text, text, Instant.EPOCH, Optional.of(Instant.EPOCH));
    return new TokensPage(
        text,
        List.of(line),
        List.of(text),
        List.of(new TokensPage.Choice(text, text, text)),
        90,
        true,
        text,
        text,
        Optional.of(SAID));
  }

  @Test
  void everyValueIsEscapedForItsPlace() {
    for (AuthReply page : all()) {
      assertThat(text(page))
          .doesNotContain("<script", "=\"\">", "\">alert")
          .containsPattern("&lt;script(>|&gt;)");
    }
  }

  @Test
  void passkeyPageLoadsOurScriptAndNoOther() {
    AuthReply page = pages.passkeys(CALL, 200, passkeys(Optional.of(new PasskeyAsk(EVIL, EVIL))));

    assertThat(text(page))
        .containsOnlyOnce("<script")
        .containsPattern("<script src=\"/login/passkey\\.js\\?v=[0-9a-f]{12}\" defer></script>")
        .doesNotContain("\">alert")
        .doesNotContainPattern(" on[a-z]+=");
    assertThat(header(page, "Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self';")
        .doesNotContain("unsafe");
  }

  @Test
  void noPageHasScriptStyleOrForeignContent() {
    for (AuthReply page : all()) {
      assertThat(text(page))
          .doesNotContain(
              "<script", "<style", " style=", "javascript:", "http://", "https://", "//")
          .doesNotContainPattern(" on[a-z]+=");
    }
  }

  @Test
  void everyPageIsLockedDown() {
    for (AuthReply page : all()) {
      assertThat(header(page, "Content-Security-Policy"))
          .startsWith("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'")
          .endsWith("; frame-ancestors 'none'; base-uri 'none'");
      assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
      assertThat(header(page, "X-Frame-Options")).isEqualTo("DENY");
      assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    }
  }

  @Test
  void everyFieldHasALabelAndProblemsAreAnnounced() {
    String html = text(pages.signIn(CALL, 401, signInPage("ada", Optional.of(SAID))));

    assertThat(html)
        .contains("<label for=\"username\">", "<label for=\"password\">", "role=\"alert\"")
        .contains("autocomplete=\"current-password\"", "lang=\"en\"", "name=\"viewport\"")
        .containsPattern("name=\"password\"[^>]* autofocus")
        .doesNotContainPattern("name=\"username\"[^>]* autofocus");
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example/cb, https://app.example",
    "https://app.example:8443/cb?x=1, https://app.example:8443",
    "http://127.0.0.1:6274/cb, http://127.0.0.1:6274",
    "http://[::1]:6274/cb, http:",
    "cursor://anysphere.cursor-mcp/cb, cursor:",
  })
  void formMayLeadToTheClientsOriginOnly(String redirect, String source) {
    assertThat(FormTarget.of(redirect).source()).isEqualTo(source);
  }

  @Test
  void styleSheetIsAFileOfItsOwnWithAVersion() {
    var assets = new Assets();

    assertThat(assets.stylePath()).matches("/login/style\\.css\\?v=[0-9a-f]{12}");
    assertThat(text(pages.message(CALL, 200, MessagePage.of(SAID, SAID))))
        .contains("<link rel=\"stylesheet\" href=\"" + assets.stylePath() + "\">");
  }
}
