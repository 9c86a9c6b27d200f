package dev.doorward.edge.main;

import dev.doorward.config.value.TimeSpan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorward invite}: prints the one command to paste on the private host. */
@Command(
    name = "invite",
    mixinStandardHelpOptions = true,
    description =
        "Makes an invite, good once, and prints the command to paste on the private host.")
final class InviteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Ask ask = new Ask();

  @Parameters(paramLabel = "NAME", description = "What the agent is to be called: a-z, 0-9, -.")
  private String name = "";

  @Option(
      names = "--services",
      split = ",",
      paramLabel = "NAME",
      description = "The only services that the agent may offer; any without this option.")
  private List<String> services = List.of();

  @Option(
      names = "--valid",
      paramLabel = "TIME",
      defaultValue = "15m",
      description = "How long the invite can be used, e.g. 15m or 2h; at most 7d.")
  private String valid = "15m";

  @Option(
      names = "--from",
      paramLabel = "NETWORK",
      description = "The only network that may use it, e.g. 203.0.113.0/24, as the edge sees it.")
  private String from = "";

  @Override
  public Integer call() {
    Optional<Duration> life = TimeSpan.parse(valid);
    if (life.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--valid is a time like 15m, 2h or 1d");
    }
    return ask.answer(
        "POST",
        "/v1/invites",
        Map.of(
            "agent", name,
            "services", services,
            "valid_seconds", life.get().toSeconds(),
            "from", from),
        invite -> {
          System.out.println(
              "On the private host, until " + invite.path("expires_at").asString("") + ":\n");
          System.out.println("  " + invite.path("command").asString(""));
        });
  }
}
