package dev.doorward.agent.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentChange;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.load.FileWatch;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows agent.yaml: what is written there counts a moment later, or it is said why not and the
 * agent stays as it is. For one thread at a time.
 */
final class ConfigFollower {
  private static final Logger log = LoggerFactory.getLogger(ConfigFollower.class);

  private final FileWatch watch;
  private final Supplier<Outcome<AgentConfig>> read;
  private final Function<AgentConfig, Outcome<AgentChange>> take;
  private volatile Optional<Problem> notTaken = Optional.empty();

  /**
   * A follower of {@code file} as it is now.
   *
   * @param take makes a configuration count, and tells what that has changed
   */
  ConfigFollower(
      Path file,
      Supplier<Outcome<AgentConfig>> read,
      Function<AgentConfig, Outcome<AgentChange>> take) {
    this.watch = new FileWatch(file);
    this.read = read;
    this.take = take;
  }

  /** Why what is written does not count; empty where it does. */
  Optional<Problem> notTaken() {
    return notTaken;
  }

  /** Looks once. Blocks on the disk. */
  void look() {
    if (watch.changed()) {
      tell(read.get().then(take));
    }
  }

  private void tell(Outcome<AgentChange> outcome) {
    switch (outcome) {
      case Outcome.Ok<AgentChange>(AgentChange change) -> {
        notTaken = Optional.empty();
        log.atInfo()
            .addKeyValue("event", "configuration_taken")
            .addKeyValue("services_made", change.made().keySet())
            .addKeyValue("services_ended", change.ended())
            .log(
                change.restart()
                    ? "the changed agent.yaml counts, but for data-dir, which needs a restart"
                    : "the changed agent.yaml counts");
      }
      case Outcome.Failed<AgentChange>(Problem problem) -> {
        notTaken = Optional.of(problem);
        log.atWarn()
            .addKeyValue("event", "configuration_not_taken")
            .addKeyValue("reason", problem.reason())
            .log("{}", problem.text());
      }
    }
  }
}
