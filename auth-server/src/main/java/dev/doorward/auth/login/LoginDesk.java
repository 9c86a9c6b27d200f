package dev.doorward.auth.login;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.Sealer;

/** The endpoints of signing in, put together over the same sessions and the same throttle. */
public record LoginDesk(LoginEndpoint login, PasskeyEndpoint passkey, CodeEndpoint code) {

  /** Opens them. */
  public static LoginDesk open(
      Ground ground,
      Pages pages,
      Sessions sessions,
      PasswordHasher hasher,
      Sealer sealer,
      Entrance entrance) {
    var throttle =
        new SignInThrottle(
            ground, ground.settings().login(), text -> sealer.mac("sign-in failures", text));
    var challenges = new Challenges(ground, sealer);
    var view = new SignInView(ground, pages, sessions, challenges);
    return new LoginDesk(
        new LoginEndpoint(
            ground,
            pages,
            sessions,
            new SignIn(ground, sessions, hasher, throttle),
            view,
            new SecondStep(ground, entrance)),
        new PasskeyEndpoint(
            ground,
            pages,
            view,
            new PasskeyCheck(ground.settings().issuer()),
            challenges,
            entrance),
        new CodeEndpoint(
            ground, pages, sessions, new SecondFactor(ground, sealer), throttle, entrance));
  }
}
