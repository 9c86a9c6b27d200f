package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.edge.EdgeConfig;
import java.nio.file.Path;
import java.util.Map;

/** Configurations for tests. */
final class EdgeConfigs {
  private EdgeConfigs() {}

  /** An edge at {@code https://localhost:PORT} with {@code more} lines of YAML. */
  static EdgeConfig of(Path dataDir, int port, String more) {
    String yaml =
        """
        public-url: https://localhost:%d
        listen: 127.0.0.1:%d
        data-dir: '%s'
        %s
        """
            .formatted(port, port, dataDir, more);
    return switch (ConfigReader.readText(EdgeConfig.class, yaml, dataDir, Map.of()).outcome()) {
      case Outcome.Ok<EdgeConfig>(EdgeConfig config) -> config;
      case Outcome.Failed<EdgeConfig> failed ->
          throw new IllegalArgumentException(failed.problem().text());
    };
  }
}
