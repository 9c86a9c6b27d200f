package dev.doorward.auth;

import dev.doorward.auth.engine.Endpoint;
import java.util.Map;

/**
 * A line of the routing table.
 *
 * @param path exact, or everything below it where it ends with {@code /*}
 * @param kind who calls it
 * @param methods what answers GET or POST
 */
record Route(String path, Kind kind, Map<String, Endpoint> methods) {
  /** Who calls an endpoint. */
  enum Kind {
    /** Programs, browser-based ones of any origin included. */
    OPEN,
    /** People with a browser. */
    PAGE
  }

  static Route open(String path, String method, Endpoint endpoint) {
    return new Route(path, Kind.OPEN, Map.of(method, endpoint));
  }

  static Route page(String path, Endpoint get) {
    return new Route(path, Kind.PAGE, Map.of("GET", get));
  }

  static Route form(String path, Endpoint post) {
    return new Route(path, Kind.PAGE, Map.of("POST", post));
  }

  static Route form(String path, Endpoint get, Endpoint post) {
    return new Route(path, Kind.PAGE, Map.of("GET", get, "POST", post));
  }

  boolean matches(String asked) {
    return path.endsWith("/*")
        ? asked.startsWith(path.substring(0, path.length() - 1))
        : asked.equals(path);
  }
}
