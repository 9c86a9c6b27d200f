package dev.doorward.auth.page;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageTest {
  private final Pages pages = new Pages(TestServer.ISSUER, new Assets());

  static AuthCall call(String... languages) {
    return new AuthCall(
        "GET",
        "/login",
        null,
        Map.of("accept-language", List.of(languages)),
        new byte[0],
        InetAddress.getLoopbackAddress());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zh-CN,zh;q=0.9,en;q=0.8 | zh-Hans",
        "zh | zh-Hans",
        "zh-Hans-CN | zh-Hans",
        "zh-TW,zh;q=0.9 | zh-Hans",
        "de-DE,de;q=0.9,zh;q=0.5,en;q=0.3 | zh-Hans",
        "en-GB,en;q=0.9,zh;q=0.8 | en",
        "en;q=0.3,zh;q=0.7 | zh-Hans",
        "zh;q=0,en | en",
        "zh;q=0 | en",
        "fr, *;q=0.5, zh;q=0.1 | en",
        "fr-FR | en",
        "zhx | en",
        "'' | en",
        ";;;q=9,zh | en",
        "zh;q=nonsense | en",
        "zh-CN-\u0000 | en",
      })
  void browserGetsTheLanguageThatItPrefers(String header, String tag) {
    assertThat(Language.of(call(header)).tag()).isEqualTo(tag);
  }

  @Test
  void headerThatIsTooLongOrRepeatedAsksForNothing() {
    assertThat(Language.of(call("zh" + ",zh".repeat(200)))).isEqualTo(Language.ENGLISH);
    assertThat(Language.of(call("zh", "zh"))).isEqualTo(Language.ENGLISH);
    assertThat(Language.of(call())).isEqualTo(Language.ENGLISH);
  }

  @Test
  void pageSaysWhichLanguageItIsIn() {
    var page = PagesTest.signInPage("", Optional.empty());

    AuthReply chinese = pages.signIn(call("zh-CN"), 200, page);

    assertThat(text(chinese)).contains("<html lang=\"zh-Hans\">", "\u767b\u5f55");
    assertThat(header(chinese, "Content-Language")).isEqualTo("zh-Hans");
    assertThat(text(pages.signIn(call("en"), 200, page))).contains("<html lang=\"en\">");
  }

  @Test
  void problemIsExplainedAndItsExactSentenceMarkedAsEnglish() {
    var problem = new Problem(Reason.REDIRECT_REFUSED, "An exact sentence.");

    String chinese = text(pages.problem(call("zh"), 400, "consent.bad-request", problem));
    String english = text(pages.problem(call("en"), 400, "consent.bad-request", problem));

    assertThat(chinese)
        .contains("<span lang=\"en\">An exact sentence.</span>", "redirect_refused")
        .contains(Words.in(Language.SIMPLIFIED_CHINESE).text("problem.redirect_refused"));
    assertThat(english).containsOnlyOnce("An exact sentence.").contains("redirect_refused");
  }

  @Test
  void problemWithoutAnExplanationStillHasOneInWords() {
    var problem = new Problem(Reason.TOKEN_REVOKED, "An exact sentence.");

    assertThat(text(pages.problem(call("zh"), 400, "consent.bad-request", problem)))
        .contains(Words.in(Language.SIMPLIFIED_CHINESE).text("problem.other"));
  }
}
