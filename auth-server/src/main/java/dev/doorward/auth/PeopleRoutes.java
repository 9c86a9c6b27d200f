package dev.doorward.auth;

import dev.doorward.auth.account.AccountEndpoint;
import dev.doorward.auth.account.Doors;
import dev.doorward.auth.account.Household;
import dev.doorward.auth.account.LinksEndpoint;
import dev.doorward.auth.account.PasskeysEndpoint;
import dev.doorward.auth.account.PasswordEndpoint;
import dev.doorward.auth.account.SecondFactorEndpoint;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Challenges;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.login.LoginDesk;
import dev.doorward.auth.login.NewPassword;
import dev.doorward.auth.login.PasskeyCheck;
import dev.doorward.auth.login.PasswordHasher;
import dev.doorward.auth.login.PasswordRules;
import dev.doorward.auth.login.SecondFactor;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.SetupEndpoint;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.auth.upstream.MembershipWatch;
import dev.doorward.auth.upstream.UpstreamDesk;
import dev.doorward.auth.upstream.Web;
import java.util.List;
import java.util.Map;

/** Everything that people meet before and after they allow a client something. */
final class PeopleRoutes {
  private final List<Route> routes;
  private final MembershipWatch membership;

  PeopleRoutes(
      Ground ground,
      Pages pages,
      Sessions sessions,
      PasswordHasher hasher,
      PasswordRules rules,
      LiveGrants grants,
      Sealer sealer,
      Web web,
      Eviction eviction) {
    var entrance = new Entrance(ground, sessions, grants::peopleChanged);
    var choice = new NewPassword(rules, hasher);
    var house = new Household(ground, pages, sessions);
    var doors = new Doors(ground);
    LoginDesk desk = LoginDesk.open(ground, pages, sessions, hasher, sealer, entrance);
    var setup = new SetupEndpoint(ground, pages, entrance, choice);
    var account = new AccountEndpoint(house, grants, doors);
    var password = new PasswordEndpoint(house, choice, entrance);
    var passkeys =
        new PasskeysEndpoint(
            house,
            new Challenges(ground, sealer),
            new PasskeyCheck(ground.settings().issuer()),
            doors);
    var factor = new SecondFactorEndpoint(house, new SecondFactor(ground, sealer));
    var links = new LinksEndpoint(house, doors);
    UpstreamDesk upstream =
        UpstreamDesk.open(ground, pages, sessions, sealer, web, entrance, eviction);
    this.membership = upstream.watch();
    this.routes =
        List.of(
            Route.form("/login", desk.login()::show, desk.login()::signIn),
            Route.form("/login/passkey", desk.passkey()::signIn),
            Route.form("/login/code", desk.code()::show, desk.code()::prove),
            new Route(
                UpstreamDesk.PATH + "*",
                Route.Kind.PAGE,
                Map.of("GET", upstream.back()::back, "POST", upstream.departure()::begin)),
            Route.form(SetupEndpoint.PATH, setup::show, setup::save),
            Route.page("/account", account::show),
            Route.form("/account/revoke", account::revoke),
            Route.form("/account/sessions", account::endSession),
            Route.form(Errand.PASSWORD.path(), password::show, password::save),
            Route.form(Errand.PASSKEYS.path(), passkeys::show, passkeys::add),
            Route.form(Errand.PASSKEYS.path() + "/remove", passkeys::remove),
            Route.form(Errand.LINKS.path(), links::show, links::remove),
            Route.form(Errand.SECOND_FACTOR.path(), factor::show, factor::change),
            Route.page(SecondFactorEndpoint.IMAGE, factor::image),
            Route.form("/account/sign-out", account::signOut));
  }

  /** Asks providers who is a member still. */
  MembershipWatch membership() {
    return membership;
  }

  List<Route> routes() {
    return routes;
  }
}
