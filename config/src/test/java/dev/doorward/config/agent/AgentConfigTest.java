package dev.doorward.config.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.ConfigText;
import dev.doorward.config.bind.KeySpec;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.log.LogConfig;
import dev.doorward.config.value.ByteSize;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.config.value.ProxyRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
  private static final String ALL =
      """
      data-dir: data
      edge: mcp.example.com:8443
      links: 8
      proxy: http://proxy.example:3128
      services:
        notes:
          url: http://127.0.0.1:3000/mcp
        files:
          url: https://nas.local/mcp
          ca: ca.pem
        old:
          url: http://localhost/sse
          socket: old.sock
          transport: http-sse
        tools:
          command: [npx, -y, "@scope/server", /srv]
          environment: [LOG_LEVEL=info, HTTPS_PROXY]
          environment-file: tools.env
          directory: tools
          processes: shared
          limits:
            processes: 2
            sessions: 20
            memory: 512MiB
            start-time: 20s
            idle-stop: 5m
            stop-time: 1s
            message: 1MiB
      limits:
        connect-timeout: 5s
        response-head-timeout: 60s
        calls-per-link: 10
        drain: 5s
      log:
        format: json
        level: warn
      """;

  @TempDir Path folder;

  private Loaded<AgentConfig> read(String yaml, Map<String, String> environment) {
    return ConfigReader.readText(AgentConfig.class, yaml, folder, environment);
  }

  private AgentConfig ready(String yaml) {
    return switch (read(yaml, Map.of())) {
      case Loaded.Ready<AgentConfig>(AgentConfig config) -> config;
      case Loaded.Refused<AgentConfig>(List<Finding> findings) ->
          throw new AssertionError(findings.toString());
    };
  }

  private static HttpUrl url(String text) {
    return HttpUrl.parse(text).orElseThrow();
  }

  @Test
  void defaults() {
    assertThat(ready(""))
        .isEqualTo(
            new AgentConfig(
                Path.of(System.getProperty("user.home"), ".doorward", "agent"),
                Optional.empty(),
                2,
                Map.of(),
                new AgentLimits(
                    Duration.ofSeconds(10), Duration.ofSeconds(120), 1_024, Duration.ofSeconds(30)),
                new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO),
                Optional.empty()));
  }

  @Test
  void everyKeyMaps() throws IOException {
    Files.writeString(folder.resolve("ca.pem"), "");
    Files.writeString(folder.resolve("tools.env"), "");
    AgentConfig config = ready(ALL);

    assertThat(config)
        .isEqualTo(
            new AgentConfig(
                folder.resolve("data"),
                Optional.of(new HostPort("mcp.example.com", 8443)),
                8,
                Map.of(
                    new ServiceName("notes"),
                    ServiceConfig.at(url("http://127.0.0.1:3000/mcp"), Optional.empty()),
                    new ServiceName("files"),
                    ServiceConfig.at(
                        url("https://nas.local/mcp"), Optional.of(folder.resolve("ca.pem"))),
                    new ServiceName("old"),
                    new ServiceConfig(
                        Optional.of(url("http://localhost/sse")),
                        Optional.empty(),
                        Optional.of(folder.resolve("old.sock")),
                        ServiceConfig.Transport.HTTP_SSE,
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        ServiceConfig.Processes.SESSION,
                        ProcessLimits.defaults()),
                    new ServiceName("tools"),
                    new ServiceConfig(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        ServiceConfig.Transport.STREAMABLE,
                        List.of("npx", "-y", "@scope/server", "/srv"),
                        List.of("LOG_LEVEL=info", "HTTPS_PROXY"),
                        Optional.of(folder.resolve("tools.env")),
                        Optional.of(folder.resolve("tools")),
                        ServiceConfig.Processes.SHARED,
                        new ProcessLimits(
                            2,
                            20,
                            Optional.of(new ByteSize(512 << 20)),
                            Duration.ofSeconds(20),
                            Duration.ofMinutes(5),
                            Duration.ofSeconds(1),
                            new ByteSize(1 << 20)))),
                new AgentLimits(
                    Duration.ofSeconds(5), Duration.ofSeconds(60), 10, Duration.ofSeconds(5)),
                new LogConfig(LogConfig.Format.JSON, LogConfig.Level.WARN),
                ProxyRule.parse("http://proxy.example:3128")));
    for (KeySpec spec : KeySpec.of(AgentConfig.class)) {
      String last = spec.path().substring(spec.path().lastIndexOf('.') + 1);
      assertThat(ALL).as(spec.path()).contains(last + ":");
    }
    assertThat(ready(ConfigText.of(config))).isEqualTo(config);
  }

  @Test
  void aServiceHasAUrlOrACommandAndWhatGoesWithIt() {
    assertThat(refusals("services:\n  notes: {}\n"))
        .contains("services.notes.url")
        .contains("is missing");
    assertThat(refusals("services:\n  notes: {url: \"http://127.0.0.1/\", command: [x]}\n"))
        .contains("has one of the two");
    assertThat(refusals("services:\n  notes: {command: [\"\", x]}\n"))
        .contains("services.notes.command");
    assertThat(refusals("services:\n  notes: {command: [x], environment: [\"1=2\"]}\n"))
        .contains("takes NAME=value");
    assertThat(refusals("services:\n  notes: {url: \"http://127.0.0.1/\", environment: [A=b]}\n"))
        .contains("go with a command");
  }

  private String refusals(String yaml) {
    return switch (read(yaml, Map.of())) {
      case Loaded.Ready<AgentConfig> _ -> "";
      case Loaded.Refused<AgentConfig>(List<Finding> findings) -> findings.toString();
    };
  }

  @Test
  void linksAndNamesOutsideTheirBoundsAreRefused() {
    assertThat(read("links: 9\nservices:\n  my_notes:\n    url: http://127.0.0.1/\n", Map.of()))
        .isInstanceOfSatisfying(
            Loaded.Refused.class,
            refused ->
                assertThat(refused.findings().toString())
                    .contains("\"9\" is more than the most, 8.")
                    .contains("\"my_notes\" is not a service name"));
  }

  @Test
  void variablesOfTheEdgeAndOfTheAgentMayStandSideBySide() {
    Map<String, String> edges = new HashMap<>();
    KeySpec.of(EdgeConfig.class).forEach(k -> k.variable().ifPresent(v -> edges.put(v, "")));
    Map<String, String> agents = new HashMap<>();
    KeySpec.of(AgentConfig.class).forEach(k -> k.variable().ifPresent(v -> agents.put(v, "")));

    assertThat(read("", edges)).isInstanceOf(Loaded.Ready.class);
    assertThat(
            ConfigReader.readText(
                EdgeConfig.class, "public-url: https://mcp.example.com", folder, agents))
        .isInstanceOf(Loaded.Ready.class);
  }

  @Test
  void noTwoKeysShareAVariable() {
    for (Class<? extends Record> type : List.of(EdgeConfig.class, AgentConfig.class)) {
      Set<String> seen = new HashSet<>();
      for (KeySpec spec : KeySpec.of(type)) {
        spec.variable().ifPresent(v -> assertThat(seen.add(v)).as(v).isTrue());
      }
    }
  }
}
