package dev.doorward.edge.main;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorward resource-servers}: who may ask what a token is worth. */
@Command(
    name = "resource-servers",
    mixinStandardHelpOptions = true,
    description = "Programs that may ask what a token is worth (RFC 7662).",
    subcommands = {
      ResourceServersCommand.ListThem.class,
      ResourceServersCommand.Add.class,
      ResourceServersCommand.Remove.class
    })
final class ResourceServersCommand implements Runnable {
  private static final String PATH = "/v1/resource-servers";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, add or remove");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them.")
  static final class ListThem implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("NAME", "ID", "SERVICES"),
                  answer.path("resource_servers"),
                  s ->
                      List.of(
                          s.path("name").asString(""),
                          s.path("id").asString(""),
                          Print.list(s.path("services"), "-"))));
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds one and prints its secret, this once.")
  static final class Add implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "A name to know it by.")
    private String name = "";

    @Option(
        names = "--services",
        split = ",",
        required = true,
        paramLabel = "NAME",
        description = "The services whose tokens it may ask about.")
    private List<String> services = List.of();

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH,
          Map.of("name", name, "services", services),
          answer -> {
            System.out.println("It asks at /introspect by HTTP Basic, with these:\n");
            System.out.println("  user      " + answer.path("server").path("id").asString(""));
            System.out.println("  password  " + answer.path("secret").asString(""));
          });
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes one; its secret is worth nothing from then on.")
  static final class Remove implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The resource server.")
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
