package dev.doorward.auth.login;

import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.UpstreamButtons;
import dev.doorward.config.edge.LoginConfig;
import dev.doorward.config.value.ProviderName;
import java.util.List;

/** The buttons that lead to a provider, on whichever page they stand, and what binds them. */
public final class UpstreamForm {
  private UpstreamForm() {}

  /** What the hidden token of such a form is for. */
  public static FormBinding binding(Parameters fields) {
    return binding(
        fields.one("purpose").orElse(""),
        fields.one("request").orElse(""),
        fields.one("for").orElse(""),
        fields.one("code").orElse(""));
  }

  /** Buttons of the sign-in page. */
  static UpstreamButtons signIn(LoginConfig login, Browser browser, Onward onward) {
    return buttons(login, browser, "", onward.request(), onward.code(), "");
  }

  /** Buttons behind a setup link. */
  static UpstreamButtons setup(LoginConfig login, Browser browser, String code) {
    return buttons(login, browser, "", "", "", code);
  }

  /** Buttons that link an account to who is signed in. */
  public static UpstreamButtons link(LoginConfig login, Browser browser) {
    return buttons(login, browser, "link", "", "", "");
  }

  private static UpstreamButtons buttons(
      LoginConfig login,
      Browser browser,
      String purpose,
      String request,
      String errand,
      String code) {
    List<UpstreamButtons.Button> buttons =
        login.upstream().entrySet().stream()
            .sorted(java.util.Map.Entry.comparingByKey())
            .map(e -> {
              ProviderName name = e.getKey();
              return new UpstreamButtons.Button(name.value(), e.getValue().shown(name.value()));
            })
            .toList();
    return new UpstreamButtons(
        buttons,
        purpose,
        request,
        errand,
        code,
        browser.formToken(binding(purpose, request, errand, code)));
  }

  private static FormBinding binding(String purpose, String request, String errand, String code) {
    return new FormBinding("upstream", purpose, request + ":" + errand + ":" + code);
  }
}
