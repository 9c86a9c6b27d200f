package dev.doorward.agent.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.value.ProxyRule;
import dev.doorward.config.value.ProxyServer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyChoiceTest {
  private static final String EDGE = "mcp.example.com";

  private static String choice(Optional<ProxyRule> rule, Map<String, String> env, String host) {
    return switch (ProxyChoice.of(rule, env, host)) {
      case Outcome.Ok<Optional<ProxyServer>>(var server) ->
          server.map(ProxyServer::toString).orElse("direct");
      case Outcome.Failed<Optional<ProxyServer>>(var problem) -> problem.text();
    };
  }

  @Test
  void theConfigurationComesBeforeTheEnvironment() {
    Map<String, String> env = Map.of("HTTPS_PROXY", "http://other:1");

    assertThat(choice(ProxyRule.parse("http://mine:3128"), env, EDGE))
        .isEqualTo("http://mine:3128");
    assertThat(choice(ProxyRule.parse("direct"), env, EDGE)).isEqualTo("direct");
    assertThat(choice(Optional.empty(), env, EDGE)).isEqualTo("http://other:1");
    assertThat(choice(Optional.empty(), Map.of("https_proxy", "small:2"), EDGE))
        .isEqualTo("http://small:2");
    assertThat(choice(Optional.empty(), Map.of(), EDGE)).isEqualTo("direct");
  }

  @ParameterizedTest
  @CsvSource({
    "*, direct",
    "example.com, direct",
    ".example.com, direct",
    "*.example.com, direct",
    "'a.b , MCP.example.com', direct",
    "xample.com, http://other:1",
    "'', http://other:1",
    "',,', http://other:1"
  })
  void whatNeedsNoProxyIsListed(String list, String chosen) {
    assertThat(
            choice(
                Optional.empty(), Map.of("HTTPS_PROXY", "http://other:1", "NO_PROXY", list), EDGE))
        .isEqualTo(chosen);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "::1", "localhost"})
  void thisMachineNeedsNoProxy(String host) {
    assertThat(choice(Optional.empty(), Map.of("HTTPS_PROXY", "http://other:1"), host))
        .isEqualTo("direct");
  }

  @Test
  void anEnvironmentInAWrongFormIsToldWithoutItsPassword() {
    assertThat(choice(Optional.empty(), Map.of("HTTPS_PROXY", "ftp://ada:secret@x"), EDGE))
        .contains("HTTPS_PROXY", "proxy: direct")
        .doesNotContain("secret");
  }
}
