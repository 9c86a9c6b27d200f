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

/** {@code doorward edges}: the edges of other machines that an auth-server of its own serves. */
@Command(
    name = "edges",
    mixinStandardHelpOptions = true,
    description = "The edges of other machines that may use this auth-server.",
    subcommands = {
      EdgesCommand.ListEdges.class,
      EdgesCommand.InviteEdge.class,
      EdgesCommand.Remove.class
    })
final class EdgesCommand implements Runnable {
  private static final String PATH = "/v1/edges";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, invite or remove");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them.")
  static final class ListEdges implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("NAME", "SINCE", "CERTIFICATE ENDS"),
                  answer.path("edges"),
                  e ->
                      List.of(
                          e.path("name").asString(""),
                          e.path("joined_at").asString(""),
                          e.path("certificate_ends").asString(""))));
    }
  }

  @Command(
      name = "invite",
      mixinStandardHelpOptions = true,
      description = "Makes an invite, good once, and prints the command for the edge's host.")
  static final class InviteEdge implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "What the edge is to be called: a-z, 0-9, -.")
    private String name = "";

    @Option(
        names = "--address",
        paramLabel = "HOST:PORT",
        description = "Where the edge finds this auth-server; port.listen if you say nothing.")
    private String address = "";

    @Option(
        names = "--valid",
        paramLabel = "TIME",
        defaultValue = "15m",
        description = "How long the invite can be used, e.g. 15m or 2h; at most 7d.")
    private String valid = "15m";

    @Override
    public Integer call() {
      Optional<Duration> life = TimeSpan.parse(valid);
      if (life.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "--valid is a time like 15m, 2h or 1d");
      }
      return ask.answer(
          "POST",
          PATH,
          Map.of("edge", name, "address", address, "valid_seconds", life.get().toSeconds()),
          invite -> {
            System.out.println(
                "On the edge's host, until " + invite.path("expires_at").asString("") + ":\n");
            System.out.println("  " + invite.path("command").asString(""));
          });
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Takes an edge off the table and ends its connections at once.")
  static final class Remove implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The edge.")
    private String name = "";

    @Override
    public Integer call() {
      return ask.answer(
          "DELETE",
          PATH + "/" + name,
          null,
          answer -> System.out.println(answer.path("name").asString("") + " is removed."));
    }
  }
}
