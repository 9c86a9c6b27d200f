package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.Sealer;

/** The parts of signing in elsewhere, put together. */
public record UpstreamDesk(
    DepartureEndpoint departure, ReturnEndpoint back, MembershipWatch watch) {
  /** What both endpoints are below; behind it comes the name of a provider. */
  public static final String PATH = Trips.PATH;

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
    var trips = new Trips(ground.settings().issuer(), sealer);
    var answers = new UpstreamAnswers(ground, pages);
    return new UpstreamDesk(
        new DepartureEndpoint(ground, pages, sessions, providers, trips, answers),
        new ReturnEndpoint(
            ground,
            sessions,
            providers,
            trips,
            answers,
            new Arrival(ground, sealer),
            entrance,
            eviction),
        new MembershipWatch(ground, sealer, providers, eviction));
  }
}
