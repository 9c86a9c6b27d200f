package dev.doorward.auth;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Endpoint;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.OpenCors;
import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what answers a call: the first line whose path fits. */
record RoutingTable(List<Route> routes, Errors errors) implements Endpoint {

  @Override
  public AuthReply handle(AuthCall call) {
    for (Route route : routes) {
      if (route.matches(call.path())) {
        return switch (route.kind()) {
          case OPEN ->
              call.method().equals("OPTIONS")
                  ? OpenCors.preflight(allowed(route.methods()))
                  : OpenCors.open(dispatch(call, route.methods()));
          case PAGE -> dispatch(call, route.methods());
        };
      }
    }
    return errors.answer(call, 404, "not_found", Reason.ROUTE_UNKNOWN, "There is nothing here.");
  }

  private static AuthReply dispatch(AuthCall call, Map<String, Endpoint> methods) {
    boolean head = call.method().equals("HEAD");
    Endpoint endpoint = methods.get(head ? "GET" : call.method());
    if (endpoint == null) {
      return JsonReply.error(
          405,
          "method_not_allowed",
          Reason.HTTP_METHOD_NOT_ALLOWED,
          "This path does not take that method.",
          new Header("Allow", allowed(methods)));
    }
    AuthReply reply = endpoint.handle(call);
    return head ? new AuthReply(reply.status(), reply.headers(), new byte[0]) : reply;
  }

  private static String allowed(Map<String, Endpoint> methods) {
    Stream<String> head = methods.containsKey("GET") ? Stream.of("HEAD") : Stream.empty();
    return Stream.concat(methods.keySet().stream(), head)
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
