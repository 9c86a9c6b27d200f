package dev.doorward.edge.pipeline;

import dev.doorward.edge.route.Route;
import dev.doorward.edge.route.Router;
import java.util.function.Consumer;

/**
 * What every connection shares: where requests go and who serves them.
 *
 * @param faults told of exceptions that nobody expected, and of broken connections
 */
public record Endpoints(
    Router router,
    Endpoint services,
    Endpoint auth,
    Endpoint health,
    Endpoint unknown,
    CallIds ids,
    BodyBudget budget,
    Consumer<Throwable> faults) {

  /** Who serves a route. */
  public Endpoint of(Route route) {
    return switch (route) {
      case Route.Service _ -> services;
      case Route.Auth _ -> auth;
      case Route.Health _ -> health;
      case Route.Unknown _ -> unknown;
    };
  }
}
