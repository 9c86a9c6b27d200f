package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.bind.ConfigReader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doorward auth}: the auth-server as a process of its own, until it is told to stop. */
@Command(
    name = "auth",
    mixinStandardHelpOptions = true,
    description =
        "Runs the auth-server apart from the edge, until it is stopped. The edge's auth-server"
            + " section says where it is.")
final class AuthCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(AuthCommand.class);

  @Option(names = "--config", paramLabel = "FILE", description = "Its configuration, auth.yaml.")
  private @Nullable Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Its data directory; else that of --config, or ~/.doorward/auth.")
  private @Nullable Path dataDir;

  @Override
  public Integer call() throws InterruptedException {
    Logs.quiet();
    Map<String, String> environment = new HashMap<>(System.getenv());
    if (dataDir != null) {
      environment.put("DOORWARD_DATA_DIR", dataDir.toString());
    }
    AuthConfig read;
    switch (ConfigReader.read(AuthConfig.class, Optional.ofNullable(config), environment)
        .outcome()) {
      case Outcome.Ok<AuthConfig>(AuthConfig loaded) -> read = loaded;
      case Outcome.Failed<AuthConfig>(Problem problem) -> {
        return Print.problem(problem);
      }
    }
    Logs.configure(read.log());
    return switch (AuthProcess.start(read, InstantSource.system(), new SecureRandom())) {
      case Outcome.Ok<AuthProcess>(AuthProcess process) -> run(process, read);
      case Outcome.Failed<AuthProcess>(Problem problem) -> Print.problem(problem);
    };
  }

  private static int run(AuthProcess process, AuthConfig config) throws InterruptedException {
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  process.close();
                  LOG.atInfo().addKeyValue("event", "auth_stopped").log("bye");
                  Logs.flush();
                  stopped.countDown();
                }));
    LOG.atInfo()
        .addKeyValue("event", "auth_ready")
        .addKeyValue("url", config.publicUrl())
        .addKeyValue("socket", config.socket())
        .addKeyValue("pid", ProcessHandle.current().pid())
        .log("the auth-server is ready");
    EdgeCommand.firstSteps(process.desk(), config.dataDir());
    stopped.await();
    return 0;
  }
}
