package dev.doorward.edge.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The lines of the admin API about edges, on an auth-server of its own. */
final class EdgesApi {
  private static final Duration LIFE = Duration.ofMinutes(15);

  private record Edges(List<EdgesDesk.EdgeView> edges) {}

  private final EdgesDesk desk;

  EdgesApi(EdgesDesk desk) {
    this.desk = desk;
  }

  /** Answers one request; empty where it is none of these. */
  Optional<AdminReply> answer(String request, String name, @Nullable JsonNode body) {
    AdminReply reply =
        switch (request) {
          case "GET edges" -> AdminReply.ok(new Edges(desk.edges()));
          case "POST edges" ->
              AdminReply.of(
                  desk.inviteEdge(
                      text(body, "edge"),
                      text(body, "address"),
                      body != null && body.path("valid_seconds").isIntegralNumber()
                          ? Duration.ofSeconds(body.path("valid_seconds").asLong())
                          : LIFE));
          case "DELETE edges/NAME" -> AdminReply.of(desk.removeEdge(name));
          default -> null;
        };
    return Optional.ofNullable(reply);
  }

  private static String text(@Nullable JsonNode body, String name) {
    return body == null ? "" : body.path(name).asString("");
  }
}
