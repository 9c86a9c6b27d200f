package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.Sealer;

/** The parts of signing in elsewhere, put together. */
public record UpstreamDesk(UpstreamEndpoint endpoint, MembershipWatch watch) {

  /** Opens them. */
  public static UpstreamDesk open(
      Ground ground,
      Pages pages,
      Sessions sessions,
      Sealer sealer,
      Web web,
      Entrance entrance,
      Eviction eviction) {
    var providers = new Providers(ground.settings().login(), web, ground.clock());
    return new UpstreamDesk(
        new UpstreamEndpoint(ground, pages, sessions, sealer, providers, entrance, eviction),
        new MembershipWatch(ground, sealer, providers, eviction));
  }
}
