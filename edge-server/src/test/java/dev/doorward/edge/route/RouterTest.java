package dev.doorward.edge.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
  private final Router router = new Router(new Issuer("https://edge.example:8443"));

  @ParameterizedTest
  @ValueSource(strings = {"/notes/mcp", "/notes/mcp/"})
  void everyNameOfTheRightFormIsAService(String path) {
    assertThat(router.route(path))
        .isInstanceOfSatisfying(
            Route.Service.class,
            service -> {
              assertThat(service.name()).isEqualTo(new ServiceName("notes"));
              assertThat(service.resource().value())
                  .isEqualTo("https://edge.example:8443/notes/mcp");
              assertThat(service.upstreamPath()).isEqualTo("/mcp");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/oauth-protected-resource/notes/mcp",
        "/.well-known/anything",
        "/authorize",
        "/token",
        "/register",
        "/jwks",
        "/login/x",
        "/account/setup",
        "/consent"
      })
  void metadataAndEndpointsBelongToTheAuthorizationServer(String path) {
    assertThat(router.route(path)).isInstanceOf(Route.Auth.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "",
        "/notes",
        "/notes/",
        "/notes/mcp/.well-known/openid-configuration",
        "/notes/mcp/x",
        "/notes/sse",
        "/Notes/mcp",
        "/no_tes/mcp",
        "/mcp",
        "/mcp/mcp",
        "/console/mcp",
        "/api/mcp",
        "/health/mcp",
        "/authorizer"
      })
  void nothingElseIsAnywhere(String path) {
    assertThat(router.route(path)).isInstanceOf(Route.Unknown.class);
  }

  @Test
  void healthIsOnePath() {
    assertThat(router.route("/health")).isInstanceOf(Route.Health.class);
  }
}
