package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.ConfigText;
import dev.doorward.config.bind.Origins;
import dev.doorward.config.edge.EdgeConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code doorward config}: looks at configurations without running anything. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    description = "Looks at a configuration without running anything.",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class})
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say check or show");
  }

  /** Which file. */
  static final class Which {
    @Option(names = "--config", paramLabel = "FILE", description = "An edge.yaml.")
    private @Nullable Path edge;

    @Option(names = "--agent", paramLabel = "FILE", description = "An agent.yaml instead.")
    private @Nullable Path agent;

    private Class<? extends Record> type() {
      return agent == null ? EdgeConfig.class : AgentConfig.class;
    }

    private Optional<Path> file() {
      return Optional.ofNullable(agent == null ? edge : agent);
    }

    Outcome<Record> read(Map<String, String> environment) {
      return read(type(), environment);
    }

    private <R extends Record> Outcome<Record> read(
        Class<R> type, Map<String, String> environment) {
      return ConfigReader.read(type, file(), environment)
          .outcome()
          .then(config -> Outcome.ok((Record) config));
    }

    Origins origins(Map<String, String> environment) {
      return Origins.of(file(), environment);
    }
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = "Says everything that is wrong, each with its line; 0 where nothing is.")
  static final class Check implements Callable<Integer> {
    @Mixin private Which which = new Which();

    @Override
    public Integer call() {
      return switch (which.read(System.getenv())) {
        case Outcome.Ok<Record> _ -> {
          System.out.println("Nothing is wrong with it.");
          yield 0;
        }
        case Outcome.Failed<Record>(Problem problem) -> Print.problem(problem);
      };
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description =
          "Every key as it is in effect, and where it comes from: line of the file, variable of the"
              + " environment, or default. Secrets are ***.")
  static final class Show implements Callable<Integer> {
    @Mixin private Which which = new Which();

    @Override
    public Integer call() {
      return switch (which.read(System.getenv())) {
        case Outcome.Ok<Record>(Record config) -> {
          System.out.print(ConfigText.of(config, which.origins(System.getenv())));
          yield 0;
        }
        case Outcome.Failed<Record>(Problem problem) -> Print.problem(problem);
      };
    }
  }
}
