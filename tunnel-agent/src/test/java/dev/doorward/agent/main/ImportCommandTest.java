package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  @TempDir private Path dir;
  private Path home = Path.of("");
  private Path json = Path.of("");

  @BeforeEach
  void write() throws Exception {
    home = dir.resolve("agent");
    json = dir.resolve("mcp.json");
    Files.writeString(
        json,
        "{\"mcpServers\": {\"Files\": {\"command\": \"npx\", \"args\": [\"-y\", \"x\"],"
            + " \"env\": {\"TOKEN\": \"s3cret\"}}, \"off\": {\"disabled\": true}}}");
  }

  private Running.Said run(String... more) {
    return Running.cli(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "import", json.toString(), "--data-dir", home.toString()),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void theServersOfAClientBecomeServices() throws Exception {
    Running.Said said = run();

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("Taken: files, the command npx; its environment went to files.env.")
        .contains("Not taken: off: it is disabled there.")
        .contains("The edge must let this agent offer: files.")
        .doesNotContain("s3cret");
    Path secrets = home.resolve("files.env");
    assertThat(Files.readString(secrets)).isEqualTo("TOKEN=s3cret\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)))
        .isEqualTo("rw-------");
    Path yaml = home.resolve("agent.yaml");
    assertThat(Files.readString(yaml)).doesNotContain("s3cret");
    AgentConfig config =
        Running.value(ConfigReader.read(AgentConfig.class, Optional.of(yaml), Map.of()).outcome());
    assertThat(config.dataDir()).isEqualTo(home);
    assertThat(config.services().get(new ServiceName("files")))
        .satisfies(service -> {
          assertThat(service.command()).isEqualTo(List.of("npx", "-y", "x"));
          assertThat(service.environmentFile()).hasValue(secrets);
        });
  }

  @Test
  void aSecondImportAddsUnderOtherNamesAndKeepsWhatIsThere() throws Exception {
    assertThat(run().code()).isZero();
    assertThat(run().code()).isZero();

    assertThat(Files.readString(home.resolve("agent.yaml"))).contains("files:", "files-2:");
    assertThat(home.resolve("files-2.env")).exists();
  }

  @Test
  void aDryRunShowsAndWritesNothing() {
    Running.Said said = run("--dry-run");

    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("command: [npx, \"-y\", x]");
    assertThat(home).doesNotExist();
  }

  @Test
  void whatCannotBeReadIsSaidInOneSentence() throws Exception {
    Files.writeString(json, "{");
    assertThat(run().err()).contains("is no JSON");
    Files.delete(json);
    assertThat(run().err()).contains("cannot be read").hasLineCount(1);
  }
}
