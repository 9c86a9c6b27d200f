package dev.doorward.auth.account;

import dev.doorward.auth.client.RedirectRule;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Method;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.AccountPage;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.SessionStore;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.util.Map;

/** The account page: what the person allowed, where they are signed in, and how to end it. */
public final class AccountEndpoint {
  private final Ground ground;
  private final Household house;
  private final LiveGrants grants;
  private final Doors doors;

  /** The endpoint. */
  public AccountEndpoint(Household house, LiveGrants grants, Doors doors) {
    this.ground = house.ground();
    this.house = house;
    this.grants = grants;
    this.doors = doors;
  }

  /** GET /account. */
  public AuthReply show(AuthCall call) {
    return house.show(call, (who, browser) -> page(call, who, browser));
  }

  private AuthReply page(AuthCall call, SignedIn who, Browser browser) {
    Subject subject = who.person().subject();
    return house
        .pages()
        .account(
            call,
            new AccountPage(
                who.person().name(),
                who.person().owner(),
                ground.transact(h -> GrantStore.of(h, subject, ground.clock().instant())).stream()
                    .map(this::line)
                    .toList(),
                house.sessions().list(subject).stream().map(s -> visit(s, who)).toList(),
                doors.of(who.person()),
                house.csrf(browser, who)),
            browser.cookie());
  }

  /** POST /account/revoke. */
  public AuthReply revoke(AuthCall call) {
    return house.act(
        call,
        (who, form) -> {
          String id = form.field("grant");
          Subject subject = who.person().subject();
          boolean own =
              ground.transact(
                  h -> GrantStore.find(h, id).filter(g -> g.subject().equals(subject)).isPresent());
          if (own) {
            grants.revoke(
                id,
                "grant_revoked",
                Map.of("grant", id, "subject", subject.value(), "by", "person"));
          }
          return Pages.seeOther("/account");
        });
  }

  /** POST /account/sessions: ends one session, or every other one than this. */
  public AuthReply endSession(AuthCall call) {
    return house.act(
        call,
        (who, form) -> {
          Subject subject = who.person().subject();
          String id = form.field("session");
          ground.change(h -> {
            if (id.equals("others")) {
              SessionStore.deleteOthers(h, subject, who.session());
            } else {
              SessionStore.delete(h, subject, id);
            }
            ground
                .journal()
                .note("session_ended", Map.of("subject", subject.value(), "session", id));
          });
          return Pages.seeOther("/account");
        });
  }

  /** POST /account/sign-out. */
  public AuthReply signOut(AuthCall call) {
    return house.act(
        call,
        (who, _) -> {
          ground.journal().note("sign_out", Map.of("subject", who.person().subject().value()));
          return Pages.seeOther("/login", house.sessions().close(who));
        });
  }

  private static AccountPage.Visit visit(SessionStore.Session session, SignedIn who) {
    return new AccountPage.Visit(
        session.id(),
        session.browser(),
        session.network(),
        Method.of(session.method()).shown(),
        session.createdAt(),
        session.seenAt(),
        session.id().equals(who.id()));
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
        grant.isByRedirect() ? RedirectRule.shown(grant.redirectUri()) : "",
        grant.redirectUri().startsWith("http:"),
        grant.createdAt(),
        grant.usedAt());
  }
}
