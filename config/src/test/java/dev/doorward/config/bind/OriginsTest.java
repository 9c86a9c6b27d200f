package dev.doorward.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.edge.EdgeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OriginsTest {
  @TempDir private Path folder;

  @Test
  void eachKeyIsShownWithWhereItComesFromAndSecretsAreNot() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("edge.yaml"),
            """
            public-url: https://mcp.example.com
            limits:
              body: 2MiB
            tls:
              acme:
                accept-terms: true
                eab-key-id: kid-1
                eab-key: c2VjcmV0
            scopes:
              files.write:
                service: files
                tools: ["write_*"]
                describe: Change files
            """);
    Map<String, String> environment = Map.of("DOORWARD_LIMITS_HEADERS", "64KiB");

    Outcome<EdgeConfig> read =
        ConfigReader.read(EdgeConfig.class, Optional.of(file), environment).outcome();
    assertThat(read).isInstanceOf(Outcome.Ok.class);
    String shown =
        ConfigText.of(
            ((Outcome.Ok<EdgeConfig>) read).value(), Origins.of(Optional.of(file), environment));

    assertThat(shown)
        .contains("public-url: https://mcp.example.com  # edge.yaml:1\n")
        .contains("  body: 2MiB  # edge.yaml:3\n")
        .contains("  headers: 64KiB  # DOORWARD_LIMITS_HEADERS\n")
        .contains("  header-count: 100  # default\n")
        .contains("    eab-key: '***'  # edge.yaml:8\n")
        .contains("    service: files  # edge.yaml:11\n")
        .doesNotContain("c2VjcmV0");
  }
}
