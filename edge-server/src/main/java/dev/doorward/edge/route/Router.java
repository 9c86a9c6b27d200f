package dev.doorward.edge.route;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import java.util.Set;

/**
 * Paths to routes. A path was checked to be plain before, so it is compared as it is. Any name of
 * the right form is a service here; whether it exists only a caller with a token for it learns.
 */
public final class Router {
  private static final Route AUTH = new Route.Auth();
  private static final Route HEALTH = new Route.Health();
  private static final Route UNKNOWN = new Route.Unknown();
  private static final String ENDPOINT = "/mcp";
  private static final Set<String> AUTH_SEGMENTS =
      Set.of(
          ".well-known",
          "authorize",
          "token",
          "register",
          "revoke",
          "introspect",
          "jwks",
          "login",
          "account",
          "consent",
          "device",
          "par");

  private final Issuer issuer;
  private final Cache<String, Route> known = Caffeine.newBuilder().maximumSize(1024).build();

  /** Routes of one public origin. */
  public Router(Issuer issuer) {
    this.issuer = issuer;
  }

  /**
   * The route of a path.
   *
   * @param path plain, without query
   */
  public Route route(String path) {
    Route cached = known.getIfPresent(path);
    if (cached != null) {
      return cached;
    }
    Route route = find(path);
    if (route instanceof Route.Service) {
      known.put(path, route);
    }
    return route;
  }

  private Route find(String path) {
    if (path.equals("/health")) {
      return HEALTH;
    }
    int end = path.indexOf('/', 1);
    String first = path.substring(Math.min(1, path.length()), end < 0 ? path.length() : end);
    if (AUTH_SEGMENTS.contains(first)) {
      return AUTH;
    }
    String rest = end < 0 ? "" : path.substring(end);
    if (!rest.equals(ENDPOINT) && !rest.equals(ENDPOINT + "/")) {
      return UNKNOWN;
    }
    return ServiceName.parse(first)
        .<Route>map(name -> new Route.Service(name, issuer.resourceOf(name), ENDPOINT))
        .orElse(UNKNOWN);
  }
}
