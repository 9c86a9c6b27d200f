package dev.doorward.config.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.KeySpec;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.edge.EdgeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  private static final Path ROOT = Path.of(System.getProperty("doorward.root", ".."));
  private static final Path PAGE = ROOT.resolve("docs/reference/config.md");
  private static final Path FILES = ROOT.resolve("config/reference");

  /** A key, commented out or not; prose behind a {@code #} has a blank before its colon. */
  private static final Pattern KEY = Pattern.compile("( *)(?:# )?([a-z][a-z-]*):(?: .*)?");

  @Test
  void pageSaysWhatTheRecordsSay() throws Exception {
    if ("write".equals(System.getProperty("doorward.docs"))) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, ConfigReference.page());
    }

    assertThat(PAGE)
        .as("rewrite with: mvn -pl config -am test -Ddoorward.docs=write")
        .hasContent(ConfigReference.page());
  }

  @Test
  void edgeYamlHasEveryKeyAndItsDefaultValues() throws Exception {
    assertThat(
            keys("edge.yaml").stream()
                .map(key -> key.replaceAll("(?<!tls)\\.(files-write|acme|home)\\.", ".<name>.")))
        .containsExactlyInAnyOrderElementsOf(paths(EdgeConfig.class));
    assertThat(
            ConfigReader.read(EdgeConfig.class, Optional.of(FILES.resolve("edge.yaml")), Map.of()))
        .isInstanceOf(Loaded.Ready.class)
        .isEqualTo(
            ConfigReader.readText(
                EdgeConfig.class, "public-url: https://mcp.example.com", FILES, Map.of()));
  }

  @Test
  void authYamlHasEveryKeyAndItsDefaultValues() throws Exception {
    assertThat(
            keys("auth.yaml").stream()
                .map(key -> key.replaceAll("\\.(files-write|acme|home)\\.", ".<name>.")))
        .containsExactlyInAnyOrderElementsOf(paths(AuthConfig.class));
    assertThat(
            ConfigReader.read(AuthConfig.class, Optional.of(FILES.resolve("auth.yaml")), Map.of()))
        .isInstanceOf(Loaded.Ready.class)
        .isEqualTo(
            ConfigReader.readText(
                AuthConfig.class, "public-url: https://mcp.example.com", FILES, Map.of()));
  }

  @Test
  void agentYamlHasEveryKeyAndItsDefaultValues() throws Exception {
    assertThat(
            keys("agent.yaml").stream()
                .map(key -> key.replaceAll("\\.(notes|files)\\.", ".<name>.")))
        .containsExactlyInAnyOrderElementsOf(paths(AgentConfig.class));
    assertThat(
            ConfigReader.read(
                AgentConfig.class, Optional.of(FILES.resolve("agent.yaml")), Map.of()))
        .isInstanceOf(Loaded.Ready.class)
        .isEqualTo(
            ConfigReader.readText(
                AgentConfig.class,
                "services: {notes: {url: 'http://127.0.0.1:3000/mcp'}, files: {command: [npx, -y,"
                    + " '@modelcontextprotocol/server-filesystem', /srv]}}",
                FILES,
                Map.of()));
  }

  private static List<String> paths(Class<? extends Record> type) {
    return KeySpec.of(type).stream().map(KeySpec::path).toList();
  }

  /** The dotted paths of the keys of a file that have a value, in comments too. */
  private static List<String> keys(String name) throws Exception {
    record Level(int indent, String key) {}
    List<String> keys = new ArrayList<>();
    Deque<Level> levels = new ArrayDeque<>();
    for (String line : Files.readAllLines(FILES.resolve(name))) {
      Matcher key = KEY.matcher(line);
      if (!key.matches()) {
        continue;
      }
      while (!levels.isEmpty() && levels.peek().indent() >= key.group(1).length()) {
        levels.pop();
      }
      levels.push(new Level(key.group(1).length(), key.group(2)));
      if (!line.endsWith(":")) {
        List<String> path = new ArrayList<>(levels.stream().map(Level::key).toList());
        keys.add(String.join(".", path.reversed()));
      }
    }
    return keys;
  }
}
