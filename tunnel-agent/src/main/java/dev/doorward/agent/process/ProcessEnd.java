package dev.doorward.agent.process;

/** How a process ended. */
public sealed interface ProcessEnd {
  /** By itself, with an exit code; 128 and a signal's number where a signal ended it. */
  record Exited(int code) implements ProcessEnd {}

  /** The agent stopped it. */
  record Stopped() implements ProcessEnd {}

  /** It held more memory than it may. */
  record TooMuchMemory() implements ProcessEnd {}

  /** It wrote a line that is longer than it may be. */
  record LineTooLong() implements ProcessEnd {}

  /** For a log: what happened. */
  default String text() {
    return switch (this) {
      case Exited(int code) ->
          code == 127
              ? "its command was not found"
              : code == 126 ? "its command may not be run" : "it ended with exit code " + code;
      case Stopped _ -> "it was stopped";
      case TooMuchMemory _ -> "it held more memory than its limit";
      case LineTooLong _ -> "it sent a message that is longer than its limit";
    };
  }
}
