package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Problem;
import doorward.generated.auth.JteaccountGenerated;
import doorward.generated.auth.JteconsentGenerated;
import doorward.generated.auth.JtemessageGenerated;
import doorward.generated.auth.JterefusedGenerated;
import doorward.generated.auth.JtesetupGenerated;
import doorward.generated.auth.JtesigninGenerated;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Turns the records of this package into HTML, every value escaped for its place, under a content
 * security policy without scripts. The templates are in {@code src/main/jte}.
 */
public final class Pages {
  private final Look look;

  /** Pages of the server at {@code issuer}. */
  public Pages(Issuer issuer, Assets assets) {
    this.look = new Look(issuer.authority(), assets.stylePath(), Assets.ICON);
  }

  /** The sign-in form. */
  public AuthReply signIn(int status, SignInPage page, Header... more) {
    return reply(
        status, "", List.of(more), out -> JtesigninGenerated.render(out, null, look, page));
  }

  /** The form behind a setup link. */
  public AuthReply setup(int status, SetupPage page, Header... more) {
    return reply(status, "", List.of(more), out -> JtesetupGenerated.render(out, null, look, page));
  }

  /** The question whether a client may have access. */
  public AuthReply consent(ConsentPage page, FormTarget target, Header... more) {
    return reply(
        200,
        target.source(),
        List.of(more),
        out -> JteconsentGenerated.render(out, null, look, page));
  }

  /** Tells that the person may not use the service; the one way on is back to the client. */
  public AuthReply refused(ConsentPage page, FormTarget target, Header... more) {
    return reply(
        403,
        target.source(),
        List.of(more),
        out -> JterefusedGenerated.render(out, null, look, page));
  }

  /** The account page. */
  public AuthReply account(AccountPage page, Header... more) {
    return reply(200, "", List.of(more), out -> JteaccountGenerated.render(out, null, look, page));
  }

  /** A page that only tells something. */
  public AuthReply message(int status, MessagePage page, Header... more) {
    return reply(
        status, "", List.of(more), out -> JtemessageGenerated.render(out, null, look, page));
  }

  /** A page that tells what went wrong. */
  public AuthReply problem(int status, String title, Problem problem, Header... more) {
    return message(
        status, new MessagePage(title, problem.text(), problem.reason().code(), "", ""), more);
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
      int status, String formTarget, List<Header> more, Consumer<HtmlTemplateOutput> template) {
    var text = new StringOutput();
    template.accept(new OwaspHtmlTemplateOutput(text));
    List<Header> headers = new ArrayList<>();
    headers.add(new Header("Content-Type", "text/html; charset=utf-8"));
    headers.add(new Header("Cache-Control", "no-store"));
    headers.add(new Header("Content-Security-Policy", policy(formTarget)));
    headers.add(new Header("X-Frame-Options", "DENY"));
    headers.add(new Header("X-Content-Type-Options", "nosniff"));
    headers.add(new Header("Referrer-Policy", "no-referrer"));
    headers.addAll(more);
    return new AuthReply(status, headers, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String policy(String formTarget) {
    return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
        + (formTarget.isEmpty() ? "" : " " + formTarget)
        + "; frame-ancestors 'none'; base-uri 'none'";
  }
}
