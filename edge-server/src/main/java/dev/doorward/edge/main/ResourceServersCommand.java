package dev.doorward.edge.main;

import java.util.ArrayList;
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
    @Mixin private Where where = new Where();

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      return Print.answer(
          where,
          json,
          "GET",
          PATH,
          null,
          answer -> {
            List<List<String>> rows = new ArrayList<>();
            answer
                .path("resource_servers")
                .forEach(s ->
                    rows.add(
                        List.of(
                            s.path("name").asString(""),
                            s.path("id").asString(""),
                            Print.list(s.path("services"), "-"))));
            Print.table(List.of("NAME", "ID", "SERVICES"), rows);
          });
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds one and prints its secret, this once.")
  static final class Add implements Callable<Integer> {
    @Mixin private Where where = new Where();

    @Parameters(paramLabel = "NAME", description = "A name to know it by.")
    private String name = "";

    @Option(
        names = "--services",
        split = ",",
        required = true,
        paramLabel = "NAME",
        description = "The services whose tokens it may ask about.")
    private List<String> services = List.of();

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      return Print.answer(
          where,
          json,
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
    @Mixin private Where where = new Where();

    @Parameters(paramLabel = "NAME", description = "The resource server.")
    private String name = "";

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      return Print.answer(
          where,
          json,
          "DELETE",
          PATH + "/" + name,
          null,
          answer -> System.out.println(answer.path("name").asString("") + " is removed."));
    }
  }
}
