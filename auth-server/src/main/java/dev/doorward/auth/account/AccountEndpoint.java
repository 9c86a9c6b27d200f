package dev.doorward.auth.account;

import dev.doorward.auth.client.RedirectRule;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.AccountPage;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The account page: who is signed in, what they allowed, and how to end it. */
public final class AccountEndpoint {
  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final LiveGrants grants;

  /** The endpoint. */
  public AccountEndpoint(Ground ground, Pages pages, Sessions sessions, LiveGrants grants) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.grants = grants;
  }

  /** GET /account. */
  public AuthReply show(AuthCall call) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther("/login");
    }
    Browser browser = Browser.ofOrNew(call, ground.mint());
    SignedIn signedIn = who.get();
    List<AccountPage.Line> lines =
        ground
            .transact(h -> GrantStore.of(h, signedIn.person().subject(), ground.clock().instant()))
            .stream()
            .map(this::line)
            .toList();
    return pages.account(
        call,
        new AccountPage(
            signedIn.person().name(),
            signedIn.person().owner(),
            lines,
            browser.formToken(binding(signedIn.tag()))),
        browser.cookie());
  }

  /** POST /account/revoke. */
  public AuthReply revoke(AuthCall call) {
    return act(
        call,
        (who, form) -> {
          String id = form.field("grant");
          boolean own =
              ground.transact(h ->
                  GrantStore.find(h, id)
                      .filter(g -> g.subject().equals(who.person().subject()))
                      .isPresent());
          if (own) {
            grants.revoke(
                id,
                "grant_revoked",
                Map.of("grant", id, "subject", who.person().subject().value(), "by", "person"));
          }
          return Pages.seeOther("/account");
        });
  }

  /** POST /account/sign-out. */
  public AuthReply signOut(AuthCall call) {
    return act(
        call,
        (who, _) -> {
          ground.journal().note("sign_out", Map.of("subject", who.person().subject().value()));
          return Pages.seeOther("/login", sessions.close(who));
        });
  }

  private AuthReply act(AuthCall call, BiFunction<SignedIn, PostedForm, AuthReply> action) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther("/login");
    }
    return switch (PostedForm.read(
        call, ground.settings().issuer(), _ -> binding(who.get().tag()))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> action.apply(who.get(), form);
    };
  }

  private AccountPage.Line line(GrantStore.Named named) {
    GrantStore.Grant grant = named.grant();
    return new AccountPage.Line(
        grant.id(),
        named.clientName(),
        ground
            .settings()
            .issuer()
            .serviceOf(grant.resource())
            .map(ServiceName::value)
            .orElse(grant.resource().value()),
        RedirectRule.shown(grant.redirectUri()),
        grant.createdAt(),
        grant.usedAt());
  }

  private static FormBinding binding(String session) {
    return new FormBinding("account", session, "");
  }
}
