package dev.doorward.edge.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The lines of the admin API about clients. */
final class ClientApi {
  private record Clients(List<ClientDesk.ClientView> clients) {}

  private final ClientDesk desk;

  ClientApi(ClientDesk desk) {
    this.desk = desk;
  }

  /**
   * Answers one request; empty where it is none of these.
   *
   * @param request method and shape of the path, as {@link AdminApi} spells them
   */
  Optional<AdminReply> answer(String request, String name, @Nullable JsonNode body) {
    AdminReply reply =
        switch (request) {
          case "GET clients" -> AdminReply.ok(new Clients(desk.clients()));
          case "POST clients" -> AdminReply.of(desk.addClient(wanted(body)));
          case "GET clients/NAME" -> AdminReply.of(desk.client(decoded(name)));
          case "DELETE clients/NAME" -> AdminReply.of(desk.removeClient(decoded(name)));
          default -> null;
        };
    return Optional.ofNullable(reply);
  }

  private static ClientDesk.Wanted wanted(@Nullable JsonNode body) {
    return new ClientDesk.Wanted(
        text(body, "name"),
        texts(body, "redirects"),
        texts(body, "services"),
        text(body, "method"),
        text(body, "keys"),
        body != null && body.path("pushes").asBoolean(false));
  }

  /** Identifiers may be URLs, so they come encoded as one segment. */
  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String text(@Nullable JsonNode body, String name) {
    return body == null ? "" : body.path(name).asString("");
  }

  private static List<String> texts(@Nullable JsonNode body, String name) {
    List<String> texts = new ArrayList<>();
    if (body != null) {
      body.path(name).forEach(item -> texts.add(item.asString("")));
    }
    return texts;
  }
}
