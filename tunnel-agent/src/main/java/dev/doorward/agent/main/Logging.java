package dev.doorward.agent.main;

import dev.doorward.config.log.LogConfig;
import dev.doorward.transport.log.Console;

/** Sets the log up as agent.yaml says; lines go to standard output. */
final class Logging {
  private Logging() {}

  static void set(LogConfig config) {
    Console.open(config.format() == LogConfig.Format.JSON, config.level().name(), true);
  }

  /** Nothing but what goes wrong, on standard error: for commands that print results. */
  static void quiet() {
    Console.open(false, "ERROR", false);
  }
}
