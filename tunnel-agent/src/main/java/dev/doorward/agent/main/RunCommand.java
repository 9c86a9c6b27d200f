package dev.doorward.agent.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doorward agent run}: runs until it is told to stop. */
@Command(
    name = "run",
    description = "Runs this machine's agent until it is stopped.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "agent.yaml; without it the one in the data directory is read.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's directory, in place of what agent.yaml says.")
  private Optional<Path> dataDir = Optional.empty();

  @Override
  public Integer call() {
    return run(config, dataDir, spec.commandLine().getErr());
  }

  static int run(Optional<Path> config, Optional<Path> dataDir, PrintWriter err) {
    Outcome<AgentProcess> started =
        ConfigSource.read(config, dataDir, System.getenv())
            .then(read ->
                start(read)
                    .then(agent -> {
                      agent.follow(
                          config.orElse(read.dataDir().resolve(ConfigSource.FILE)),
                          () -> ConfigSource.read(config, dataDir, System.getenv()));
                      return Outcome.ok(agent);
                    }));
    return switch (started) {
      case Outcome.Failed<AgentProcess>(Problem problem) -> AgentMain.say(err, problem);
      case Outcome.Ok<AgentProcess>(AgentProcess agent) -> untilStopped(agent);
    };
  }

  private static Outcome<AgentProcess> start(AgentConfig config) {
    Logging.set(config.log());
    return AgentProcess.start(config, InstantSource.system());
  }

  private static int untilStopped(AgentProcess agent) {
    CountDownLatch ended = new CountDownLatch(1);
    Thread stop =
        Thread.ofPlatform()
            .name("stop")
            .unstarted(() -> {
              agent.close();
              ended.countDown();
            });
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return AgentMain.DONE;
  }
}
