package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.value.Home;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which edge a command is about. */
final class Where {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration of the edge; its data-dir is used.")
  private @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Data directory of the edge; else that of --config, of DOORWARD_DATA_DIR, or"
              + " ~/.doorward/edge.")
  private @Nullable Path dataDir;

  /** The configuration to run with. */
  Outcome<EdgeConfig> load(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    if (dataDir != null) {
      all.put("DOORWARD_DATA_DIR", dataDir.toString());
    }
    return ConfigReader.read(EdgeConfig.class, Optional.ofNullable(config), all).outcome();
  }

  /** The data directory of the edge to talk to. */
  Outcome<Path> dataDir(Map<String, String> environment) {
    if (dataDir != null) {
      return Outcome.ok(dataDir.toAbsolutePath());
    }
    if (config != null) {
      return load(environment).then(loaded -> Outcome.ok(loaded.dataDir()));
    }
    String named = environment.getOrDefault("DOORWARD_DATA_DIR", EdgeConfig.DEFAULT_DATA_DIR);
    return Outcome.ok(Home.expand(named, Home.of(environment)).toAbsolutePath());
  }
}
