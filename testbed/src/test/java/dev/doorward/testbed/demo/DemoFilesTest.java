package dev.doorward.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoFilesTest {
  private static final DemoFiles.Facts FACTS =
      new DemoFiles.Facts("https://localhost:1", "https://localhost:1/demo/mcp", "demo", "p", 2, 3);

  private final DemoFiles files;

  DemoFilesTest(@TempDir Path folder) throws IOException {
    files = new DemoFiles(folder.resolve("it's here"));
    files.prepare();
  }

  @Test
  void demoJsonHasItsFieldsAndIsPrivate() throws IOException {
    String text = files.writeJson(FACTS, 1, 0);

    JsonNode json = JsonMapper.shared().readTree(Files.readString(files.json()));
    assertThat(JsonMapper.shared().readTree(text)).isEqualTo(json);
    assertThat(List.copyOf(json.propertyNames()))
        .containsExactly(
            "issuer",
            "resource",
            "ca",
            "person",
            "edge_pid",
            "agent_pid",
            "server_pid",
            "admin_socket");
    assertThat(List.copyOf(json.path("person").propertyNames()))
        .containsExactly("name", "password");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.json())))
        .isEqualTo("rw-------");
  }

  @Test
  void passwordIsRandomAndStays() throws IOException {
    String password = files.password();

    files.prepare();

    assertThat(password).hasSizeGreaterThanOrEqualTo(24);
    assertThat(files.password()).isEqualTo(password);
    Files.delete(files.folder().resolve("password"));
    assertThat(files.password()).isNotEqualTo(password);
  }

  @Test
  void earlierRunLeavesNothingElse() throws IOException {
    Files.createDirectories(files.folder().resolve("edge/audit"));
    Files.writeString(files.folder().resolve("edge/audit/x"), "x");
    var _ = files.writeJson(FACTS, 1, 0);

    files.prepare();

    assertThat(files.folder().resolve("edge")).doesNotExist();
    assertThat(files.json()).doesNotExist();
  }

  @Test
  void pathsAreQuotedForYaml() throws IOException {
    files.writeEdgeYaml(8443, Shape.EMBEDDED);

    assertThat(Files.readString(files.edgeYaml()))
        .contains("it''s here/edge'")
        .contains("public-url: https://localhost:8443\n");
  }
}
