package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Problem;
import doorward.generated.auth.JteaccountGenerated;
import doorward.generated.auth.JtecodeGenerated;
import doorward.generated.auth.JteconsentGenerated;
import doorward.generated.auth.JtedeviceGenerated;
import doorward.generated.auth.JtedevicecodeGenerated;
import doorward.generated.auth.JtelinksGenerated;
import doorward.generated.auth.JtemessageGenerated;
import doorward.generated.auth.JtepasskeysGenerated;
import doorward.generated.auth.JtepasswordGenerated;
import doorward.generated.auth.JterefusedGenerated;
import doorward.generated.auth.JtesecondfactorGenerated;
import doorward.generated.auth.JtesetupGenerated;
import doorward.generated.auth.JtesigninGenerated;
import doorward.generated.auth.JtetokenmadeGenerated;
import doorward.generated.auth.JtetokensGenerated;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Turns the records of this package into HTML in the language of the browser that asks, every value
 * escaped for its place, under a content security policy without scripts. The templates are in
 * {@code src/main/jte}, what they say in the bundles that {@link Words} reads.
 */
public final class Pages {
  private final Look look;

  /** Pages of the server at {@code issuer}. */
  public Pages(Issuer issuer, Assets assets) {
    this.look = new Look(issuer.authority(), assets.stylePath(), Assets.ICON, assets.scriptPath());
  }

  /** The sign-in form. */
  public AuthReply signIn(AuthCall call, int status, SignInPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        page.passkey().isPresent(),
        more,
        (out, words) -> JtesigninGenerated.render(out, null, look, words, page));
  }

  /** The form behind a setup link. */
  public AuthReply setup(AuthCall call, int status, SetupPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtesetupGenerated.render(out, null, look, words, page));
  }

  /** The question whether a client may have access. */
  public AuthReply consent(AuthCall call, ConsentPage page, FormTarget target, Header... more) {
    return reply(
        call,
        200,
        target.source(),
        more,
        (out, words) -> JteconsentGenerated.render(out, null, look, words, page));
  }

  /** Tells that the person may not use the service; the one way on is back to the client. */
  public AuthReply refused(AuthCall call, ConsentPage page, FormTarget target, Header... more) {
    return reply(
        call,
        403,
        target.source(),
        more,
        (out, words) -> JterefusedGenerated.render(out, null, look, words, page));
  }

  /** The account page. */
  public AuthReply account(AuthCall call, AccountPage page, Header... more) {
    return reply(
        call,
        200,
        "",
        more,
        (out, words) -> JteaccountGenerated.render(out, null, look, words, page));
  }

  /** The form for another password. */
  public AuthReply password(AuthCall call, int status, PasswordPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtepasswordGenerated.render(out, null, look, words, page));
  }

  /** The question for the second factor. */
  public AuthReply code(AuthCall call, int status, CodePage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtecodeGenerated.render(out, null, look, words, page));
  }

  /** A person's passkeys; the one page of the account with a script. */
  public AuthReply passkeys(AuthCall call, int status, PasskeysPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        page.ask().isPresent(),
        more,
        (out, words) -> JtepasskeysGenerated.render(out, null, look, words, page));
  }

  /** A person's accounts elsewhere. */
  public AuthReply links(AuthCall call, int status, LinksPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtelinksGenerated.render(out, null, look, words, page));
  }

  /** A person's second factor. */
  public AuthReply secondFactor(AuthCall call, int status, SecondFactorPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtesecondfactorGenerated.render(out, null, look, words, page));
  }

  /** A person's personal access tokens. */
  public AuthReply tokens(AuthCall call, int status, TokensPage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtetokensGenerated.render(out, null, look, words, page));
  }

  /** A personal access token, this once. */
  public AuthReply tokenMade(AuthCall call, TokensPage.Made page) {
    return reply(
        call,
        200,
        "",
        new Header[0],
        (out, words) -> JtetokenmadeGenerated.render(out, null, look, words, page));
  }

  /** The form for the code of a device. */
  public AuthReply deviceCode(AuthCall call, int status, DevicePage.Enter page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtedevicecodeGenerated.render(out, null, look, words, page));
  }

  /** The question whether a device may have access. */
  public AuthReply device(AuthCall call, int status, DevicePage page) {
    return reply(
        call,
        status,
        "",
        new Header[0],
        (out, words) -> JtedeviceGenerated.render(out, null, look, words, page));
  }

  /** A page that only tells something. */
  public AuthReply message(AuthCall call, int status, MessagePage page, Header... more) {
    return reply(
        call,
        status,
        "",
        more,
        (out, words) -> JtemessageGenerated.render(out, null, look, words, page));
  }

  /**
   * A page that tells what went wrong: in English the problem's own sentence; in another language
   * what the reason means, with the sentence beside it for whoever can mend it.
   *
   * @param title key of the heading
   */
  public AuthReply problem(
      AuthCall call, int status, String title, Problem problem, Header... more) {
    Words words = Words.of(call);
    String key = "problem." + problem.reason().code();
    boolean exact = words.language() == Language.ENGLISH;
    var page =
        new MessagePage(
            Phrase.of(title),
            exact
                ? Phrase.of("common.as-is", problem.text())
                : Phrase.of(words.knows(key) ? key : "problem.other"),
            exact ? "" : problem.text(),
            problem.reason().code(),
            Optional.empty());
    return message(call, status, page, more);
  }

  /** Sends the browser elsewhere with GET, whatever it sent (RFC 9700 section 4.12). */
  public static AuthReply seeOther(String location, Header... more) {
    List<Header> headers = new ArrayList<>();
    headers.add(new Header("Location", location));
    headers.add(new Header("Cache-Control", "no-store"));
    headers.add(new Header("Referrer-Policy", "no-referrer"));
    headers.addAll(List.of(more));
    return new AuthReply(303, headers, new byte[0]);
  }

  private static AuthReply reply(
      AuthCall call,
      int status,
      String formTarget,
      Header[] more,
      BiConsumer<HtmlTemplateOutput, Words> template) {
    return reply(call, status, formTarget, false, more, template);
  }

  private static AuthReply reply(
      AuthCall call,
      int status,
      String formTarget,
      boolean script,
      Header[] more,
      BiConsumer<HtmlTemplateOutput, Words> template) {
    Words words = Words.of(call);
    var text = new StringOutput();
    template.accept(new OwaspHtmlTemplateOutput(text), words);
    List<Header> headers = new ArrayList<>();
    headers.add(new Header("Content-Type", "text/html; charset=utf-8"));
    headers.add(new Header("Content-Language", words.language().tag()));
    headers.add(new Header("Cache-Control", "no-store"));
    headers.add(new Header("Content-Security-Policy", policy(formTarget, script)));
    headers.add(new Header("X-Frame-Options", "DENY"));
    headers.add(new Header("X-Content-Type-Options", "nosniff"));
    headers.add(new Header("Referrer-Policy", "no-referrer"));
    headers.addAll(List.of(more));
    return new AuthReply(status, headers, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String policy(String formTarget, boolean script) {
    return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
        + (formTarget.isEmpty() ? "" : " " + formTarget)
        + (script ? "; script-src 'self'" : "")
        + "; frame-ancestors 'none'; base-uri 'none'";
  }
}
