package dev.doorward.config.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.bind.ConfigReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentChangeTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final ServiceName FILES = new ServiceName("files");
  private static final String BOTH =
      "services: {notes: {url: \"http://a/mcp\"}, files: {url: \"http://b/mcp\"}}\n";

  private static AgentConfig config(String yaml) {
    return switch (ConfigReader.readText(
            AgentConfig.class, "data-dir: /x\n" + yaml, Path.of("/"), Map.of())
        .outcome()) {
      case Outcome.Ok<AgentConfig>(AgentConfig config) -> config;
      case Outcome.Failed<AgentConfig>(var problem) -> throw new AssertionError(problem);
    };
  }

  private static AgentChange change(String now, String next) {
    return AgentChange.between(config(now), config(next));
  }

  @Test
  void theSameSaysNothing() {
    assertThat(change(BOTH, BOTH))
        .isEqualTo(new AgentChange(Map.of(), Set.of(), false, false, false, false));
  }

  @Test
  void aServiceThatComesGoesOrMovesIsTheOnlyOneThatIsTouched() {
    String one = "services: {notes: {url: \"http://a/mcp\"}}\n";
    String moved = "services: {notes: {url: \"http://a/mcp\"}, files: {url: \"http://c/mcp\"}}\n";

    AgentChange added = change(one, BOTH);
    AgentChange gone = change(BOTH, one);
    AgentChange other = change(BOTH, moved);

    assertThat(added.made()).containsOnlyKeys(FILES);
    assertThat(added.ended()).isEmpty();
    assertThat(added.names(config(one))).isTrue();
    assertThat(gone.made()).isEmpty();
    assertThat(gone.ended()).containsExactly(FILES);
    assertThat(gone.names(config(BOTH))).isTrue();
    assertThat(other.made()).containsOnlyKeys(FILES);
    assertThat(other.ended()).isEmpty();
    assertThat(other.names(config(BOTH))).isFalse();
    assertThat(other.dial()).isFalse();
  }

  @Test
  void limitsTouchWhatTheyBound() {
    AgentChange head = change(BOTH, BOTH + "limits: {response-head-timeout: 9s}\n");
    AgentChange connect = change(BOTH, BOTH + "limits: {connect-timeout: 9s}\n");
    AgentChange calls = change(BOTH, BOTH + "limits: {calls-per-link: 9}\n");
    AgentChange drain = change(BOTH, BOTH + "limits: {drain: 9s}\n");

    assertThat(head.made()).containsOnlyKeys(NOTES, FILES);
    assertThat(head.dial()).isFalse();
    assertThat(connect.made()).containsOnlyKeys(NOTES, FILES);
    assertThat(connect.dial()).isTrue();
    assertThat(calls.made()).isEmpty();
    assertThat(calls.dial()).isTrue();
    assertThat(drain).isEqualTo(change(BOTH, BOTH));
  }

  @Test
  void linksLogAndDirectoryAreToldApart() {
    assertThat(change(BOTH, BOTH + "links: 3\n").count()).isTrue();
    assertThat(change(BOTH, BOTH + "edge: other.example:443\n").dial()).isTrue();
    assertThat(change(BOTH, BOTH + "proxy: direct\n").dial()).isTrue();
    assertThat(change(BOTH, BOTH + "log: {level: debug}\n").log()).isTrue();
    AgentConfig elsewhere = config(BOTH);
    assertThat(
            AgentChange.between(
                    elsewhere,
                    new AgentConfig(
                        Path.of("/y"),
                        elsewhere.edge(),
                        elsewhere.links(),
                        elsewhere.services(),
                        elsewhere.limits(),
                        elsewhere.log(),
                        elsewhere.proxy()))
                .restart())
        .isTrue();
  }
}
