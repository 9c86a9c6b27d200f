package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.TimeSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The lines of the admin API about tokens, the keys that sign them, and time. */
final class TokenApi {
  private record ResourceServers(List<TokenDesk.ResourceServerView> resourceServers) {}

  private record Links(List<TokenDesk.EnterpriseView> links) {}

  private record Keys(List<TokenDesk.KeyView> keys) {}

  private record Tokens(List<TokenDesk.PersonalTokenView> tokens) {}

  private final TokenDesk desk;

  TokenApi(TokenDesk desk) {
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
          case "GET resource-servers" -> AdminReply.ok(new ResourceServers(desk.resourceServers()));
          case "POST resource-servers" ->
              AdminReply.of(desk.addResourceServer(text(body, "name"), texts(body, "services")));
          case "DELETE resource-servers/NAME" -> AdminReply.of(desk.removeResourceServer(name));
          case "GET keys" -> AdminReply.ok(new Keys(desk.keys()));
          case "POST keys" ->
              AdminReply.ok(
                  new Keys(desk.rotateKeys(body != null && body.path("now").asBoolean(false))));
          case "GET tokens" -> AdminReply.ok(new Tokens(desk.personalTokens()));
          case "POST tokens" -> createToken(body);
          case "DELETE tokens/NAME" -> AdminReply.of(desk.revokePersonalToken(name));
          case "GET enterprise" -> AdminReply.ok(new Links(desk.enterprise()));
          case "POST enterprise" ->
              AdminReply.of(
                  desk.link(text(body, "person"), text(body, "issuer"), text(body, "sub")));
          case "POST enterprise/NAME" ->
              AdminReply.of(desk.unlink(text(body, "issuer"), text(body, "sub")));
          case "GET clock" -> AdminReply.ok(desk.clock());
          case "POST clock" -> AdminReply.ok(desk.acceptClock());
          default -> null;
        };
    return Optional.ofNullable(reply);
  }

  private AdminReply createToken(@Nullable JsonNode body) {
    Optional<Duration> life = TimeSpan.parse(text(body, "life"));
    return life.isEmpty()
        ? AdminReply.failed(Reason.USAGE, "The life of a token is a time such as 24h or 30d.")
        : AdminReply.of(
            desk.createPersonalToken(
                text(body, "person"),
                text(body, "service"),
                texts(body, "scopes"),
                text(body, "name"),
                life.get()));
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
