package dev.doorward.agent.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where a command finds its configuration: {@code --config}, or agent.yaml in the directory. */
final class ConfigSource {
  /** Name of the file in the data directory. */
  static final String FILE = "agent.yaml";

  private ConfigSource() {}

  /**
   * Reads the configuration.
   *
   * @param dataDir in place of what file and environment say
   */
  static Outcome<AgentConfig> read(
      Optional<Path> file, Optional<Path> dataDir, Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    dataDir.ifPresent(path -> variables.put("DOORWARD_DATA_DIR", path.toAbsolutePath().toString()));
    if (file.isPresent()) {
      return Files.isReadable(file.get())
          ? ConfigReader.read(AgentConfig.class, file, variables).outcome()
          : Outcome.failed(
              Reason.CONFIG_UNREADABLE, "The configuration " + file.get() + " cannot be read.");
    }
    // Once to learn the directory, then with the file that lies there.
    return ConfigReader.read(AgentConfig.class, Optional.empty(), variables)
        .outcome()
        .then(defaults -> {
          Path inside = defaults.dataDir().resolve(FILE);
          return Files.isReadable(inside)
              ? ConfigReader.read(AgentConfig.class, Optional.of(inside), variables).outcome()
              : Outcome.ok(defaults);
        });
  }
}
