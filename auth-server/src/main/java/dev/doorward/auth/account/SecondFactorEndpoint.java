package dev.doorward.auth.account;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Base32;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.SecondFactor;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.page.QrImage;
import dev.doorward.auth.page.SecondFactorPage;
import dev.doorward.auth.page.SecondFactorPage.State;
import dev.doorward.auth.store.TotpStore;
import dev.doorward.common.identity.Subject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A person's second factor: setting it up, new recovery codes, taking it away. */
public final class SecondFactorEndpoint {
  /** Path of the image that apps read the secret from. */
  public static final String IMAGE = "/account/second-factor/code.svg";

  private final Ground ground;
  private final Household house;
  private final SecondFactor factor;

  /** The endpoint. */
  public SecondFactorEndpoint(Household house, SecondFactor factor) {
    this.ground = house.ground();
    this.house = house;
    this.factor = factor;
  }

  /** GET /account/second-factor. */
  public AuthReply show(AuthCall call) {
    return house.show(
        call,
        Errand.SECOND_FACTOR,
        (who, browser) -> page(call, 200, who, browser, state(who), Optional.empty()));
  }

  /** GET {@link #IMAGE}: what waits for its first code, as an app reads it. */
  public AuthReply image(AuthCall call) {
    return house.show(
        call,
        Errand.SECOND_FACTOR,
        (who, _) ->
            ground
                .transact(h -> factor.pending(h, who.person().subject()))
                .map(secret -> QrImage.reply(uri(who, secret)))
                .orElseGet(() -> Pages.seeOther(Errand.SECOND_FACTOR.path())));
  }

  /** POST /account/second-factor: {@code step} is begin, confirm, codes or off. */
  public AuthReply change(AuthCall call) {
    return house.act(
        call,
        Errand.SECOND_FACTOR,
        (who, form) ->
            switch (form.field("step")) {
              case "begin" -> begin(who);
              case "confirm" -> confirm(call, who, form);
              case "codes" -> codes(call, who, form);
              case "off" -> off(who);
              default -> Pages.seeOther(Errand.SECOND_FACTOR.path());
            });
  }

  private AuthReply begin(SignedIn who) {
    ground.change(h -> factor.begin(h, who.person().subject()));
    return Pages.seeOther(Errand.SECOND_FACTOR.path());
  }

  private AuthReply confirm(AuthCall call, SignedIn who, PostedForm form) {
    Optional<List<String>> codes =
        ground.transact(h -> {
          Optional<List<String>> shown =
              factor.confirm(h, who.person().subject(), form.field("code"));
          shown.ifPresent(_ -> note("second_factor_on", who));
          return shown;
        });
    return codes
        .map(
            shown -> page(call, 200, who, form.browser(), new State.Codes(shown), Optional.empty()))
        .orElseGet(() ->
            page(
                call,
                400,
                who,
                form.browser(),
                state(who),
                Optional.of(Phrase.of("factor.wrong"))));
  }

  private AuthReply codes(AuthCall call, SignedIn who, PostedForm form) {
    Subject subject = who.person().subject();
    Optional<List<String>> codes =
        ground.transact(h -> {
          if (!TotpStore.isOn(h, subject)) {
            return Optional.empty();
          }
          note("recovery_codes_made", who);
          return Optional.of(factor.renew(h, subject));
        });
    return codes
        .map(
            shown -> page(call, 200, who, form.browser(), new State.Codes(shown), Optional.empty()))
        .orElseGet(() -> Pages.seeOther(Errand.SECOND_FACTOR.path()));
  }

  private AuthReply off(SignedIn who) {
    ground.change(h -> {
      boolean was = TotpStore.isOn(h, who.person().subject());
      TotpStore.delete(h, who.person().subject());
      if (was) {
        note("second_factor_off", who);
      }
    });
    return Pages.seeOther(Errand.SECOND_FACTOR.path());
  }

  private State state(SignedIn who) {
    Subject subject = who.person().subject();
    return ground.transact(h -> {
      if (TotpStore.isOn(h, subject)) {
        return new State.On(TotpStore.codesLeft(h, subject));
      }
      Optional<String> secret = factor.pending(h, subject);
      return secret.isPresent()
          ? new State.Pending(Base32.grouped(secret.get()), uri(who, secret.get()), IMAGE)
          : new State.Off();
    });
  }

  /** The form that authenticator apps agree on; a name is shown beside the codes. */
  private String uri(SignedIn who, String secret) {
    String host = ground.settings().issuer().authority();
    return "otpauth://totp/"
        + encoded(host + ":" + who.person().name())
        + "?secret="
        + secret
        + "&issuer="
        + encoded(host);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private void note(String event, SignedIn who) {
    ground
        .journal()
        .note(
            event,
            Map.of("subject", who.person().subject().value(), "person", who.person().name()));
  }

  private AuthReply page(
      AuthCall call,
      int status,
      SignedIn who,
      Browser browser,
      State state,
      Optional<Phrase> problem) {
    var page =
        new SecondFactorPage(
            who.person().name(), state, house.csrf(browser, who, Errand.SECOND_FACTOR), problem);
    return house.pages().secondFactor(call, status, page, browser.cookie());
  }
}
