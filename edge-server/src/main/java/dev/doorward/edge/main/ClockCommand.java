package dev.doorward.edge.main;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code doorward clock}: whether the machine's clock is behind the time that tokens go by. */
@Command(
    name = "clock",
    mixinStandardHelpOptions = true,
    description = "Whether this machine's clock is behind the latest time that the edge has seen.",
    subcommands = ClockCommand.Accept.class)
final class ClockCommand implements Callable<Integer> {
  private static final String PATH = "/v1/clock";

  @Mixin private Ask ask = new Ask();

  @Override
  public Integer call() {
    return ask.answer("GET", PATH, null, ClockCommand::print);
  }

  private static void print(JsonNode answer) {
    long behind = answer.path("behind_seconds").asLong(0);
    System.out.println(
        behind == 0
            ? "The clock of this machine is fine."
            : "The clock of this machine is "
                + behind
                + " s behind the latest time seen. Set it; or, if it is right now and was wrong"
                + " before, run: doorward clock accept");
  }

  @Command(
      name = "accept",
      mixinStandardHelpOptions = true,
      description = "Takes this machine's clock for right, and ends every sign-in.")
  static final class Accept implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH,
          Map.of(),
          answer ->
              System.out.println(
                  answer.path("behind_seconds").asLong(0) == 0
                      ? "The clock was not behind, so nothing was changed."
                      : "The clock is taken for right. Everybody signs in again."));
    }
  }
}
