package dev.doorward.edge.main;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code doorward keys}: the keys that sign access tokens. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    description = "The keys that sign access tokens; they change by themselves, too.",
    subcommands = {KeysCommand.ListKeys.class, KeysCommand.Rotate.class})
final class KeysCommand implements Runnable {
  private static final String PATH = "/v1/keys";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list or rotate");
  }

  private static void print(JsonNode answer) {
    Print.table(
        List.of("KEY", "STATE", "SIGNS FROM", "UNTIL"),
        answer.path("keys"),
        k ->
            List.of(
                k.path("kid").asString(""),
                k.path("state").asString(""),
                k.path("signs_from").asString(""),
                k.path("signs_until").asString("")));
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys.")
  static final class ListKeys implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer("GET", PATH, null, KeysCommand::print);
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Publishes the next key now; it signs once everybody has had time to see it.")
  static final class Rotate implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Option(
        names = "--now",
        description =
            "For a key that got out: the new key signs at once and every other one is worth"
                + " nothing. Clients refresh by themselves.")
    private boolean now;

    @Override
    public Integer call() {
      return ask.answer("POST", PATH, Map.of("now", now), KeysCommand::print);
    }
  }
}
