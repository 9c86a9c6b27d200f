package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.value.Home;
import dev.doorward.edge.admin.AdminServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which edge, or which auth-server of its own, a command is about. */
final class Where {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration of the edge, or of the auth-server where it is on its own; its data-dir is"
              + " used.")
  private @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Data directory of the edge or the auth-server; else that of --config, of"
              + " DOORWARD_DATA_DIR, or ~/.doorward/edge, or ~/.doorward/auth where only that one"
              + " is running.")
  private @Nullable Path dataDir;

  /** The configuration to run with. */
  Outcome<EdgeConfig> load(Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(environment);
    if (dataDir != null) {
      all.put("DOORWARD_DATA_DIR", dataDir.toString());
    }
    return ConfigReader.read(EdgeConfig.class, Optional.ofNullable(config), all).outcome();
  }

  /** The data directory of the process to talk to. */
  Outcome<Path> dataDir(Map<String, String> environment) {
    if (dataDir == null && config != null) {
      return switch (load(environment)) {
        case Outcome.Ok<EdgeConfig>(EdgeConfig edge) -> Outcome.ok(edge.dataDir());
        case Outcome.Failed<EdgeConfig>(Problem problem) ->
            ConfigReader.read(AuthConfig.class, Optional.of(config), environment).outcome()
                    instanceof Outcome.Ok<AuthConfig>(AuthConfig auth)
                ? Outcome.ok(auth.dataDir())
                : Outcome.failed(problem);
      };
    }
    if (dataDir == null && !environment.containsKey("DOORWARD_DATA_DIR")) {
      Path edge = in(EdgeConfig.DEFAULT_DATA_DIR, environment);
      Path auth = in(AuthConfig.DEFAULT_DATA_DIR, environment);
      boolean only = runs(auth) && !runs(edge);
      return Outcome.ok(only ? auth : edge);
    }
    return edgeDir(environment);
  }

  /** The data directory of the edge of this machine. */
  Outcome<Path> edgeDir(Map<String, String> environment) {
    if (dataDir != null) {
      return Outcome.ok(dataDir.toAbsolutePath());
    }
    if (config != null) {
      return load(environment).then(loaded -> Outcome.ok(loaded.dataDir()));
    }
    return Outcome.ok(
        in(
            environment.getOrDefault("DOORWARD_DATA_DIR", EdgeConfig.DEFAULT_DATA_DIR),
            environment));
  }

  private static boolean runs(Path dataDir) {
    return Files.exists(dataDir.resolve(AdminServer.SOCKET));
  }

  private static Path in(String named, Map<String, String> environment) {
    return Home.expand(named, Home.of(environment)).toAbsolutePath();
  }
}
