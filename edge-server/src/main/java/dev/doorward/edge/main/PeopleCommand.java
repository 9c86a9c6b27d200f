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
import tools.jackson.databind.JsonNode;

/** {@code doorward people}: who may sign in, and for what. */
@Command(
    name = "people",
    mixinStandardHelpOptions = true,
    description = "Who may sign in, and which services they may use.",
    subcommands = {
      PeopleCommand.ListPeople.class,
      PeopleCommand.Add.class,
      PeopleCommand.Reset.class,
      PeopleCommand.Allow.class,
      PeopleCommand.Remove.class
    })
final class PeopleCommand implements Runnable {
  private static final String PATH = "/v1/people";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, add, reset, allow or remove");
  }

  private static String path(String name) {
    return PATH + "/" + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static void printSetup(JsonNode answer) {
    System.out.println(
        answer.path("person").path("name").asString("")
            + " chooses a password at this link, which"
            + " works once and for an hour:\n");
    System.out.println("  " + answer.path("setup_url").asString(""));
  }

  private static void printPerson(JsonNode person) {
    String services =
        person.path("owner").asBoolean(false)
            ? "every service"
            : Print.list(person.path("services"), "no service");
    System.out.println(person.path("name").asString("") + " may use " + services + ".");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists people.")
  static final class ListPeople implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("NAME", "ROLE", "MAY USE", "SIGNED UP"),
                  answer.path("people"),
                  p ->
                      List.of(
                          p.path("name").asString(""),
                          p.path("owner").asBoolean(false) ? "owner" : "",
                          p.path("owner").asBoolean(false)
                              ? "every service"
                              : Print.list(p.path("services"), "-"),
                          p.path("signed_up").asBoolean(false) ? "yes" : "not yet")));
    }
  }

  @Command(
      name = "add",
      aliases = "invite",
      mixinStandardHelpOptions = true,
      description = "Adds a person and prints the link with which they choose a password.")
  static final class Add implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The name to sign in with.")
    private String name = "";

    @Option(
        names = "--services",
        split = ",",
        paramLabel = "NAME",
        description = "The services that the person may use.")
    private List<String> services = List.of();

    @Option(names = "--owner", description = "May use every service. The first person is an owner.")
    private boolean owner;

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH,
          Map.of("name", name, "owner", owner, "services", services),
          PeopleCommand::printSetup);
    }
  }

  @Command(
      name = "reset",
      mixinStandardHelpOptions = true,
      description = "Prints a new link with which a person chooses a password.")
  static final class Reset implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The person.")
    private String name = "";

    @Override
    public Integer call() {
      return ask.answer("POST", path(name) + "/reset", Map.of(), PeopleCommand::printSetup);
    }
  }

  @Command(
      name = "allow",
      mixinStandardHelpOptions = true,
      description = "Replaces the services that a person may use; effective at once.")
  static final class Allow implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(index = "0", paramLabel = "NAME", description = "The person.")
    private String name = "";

    @Parameters(
        index = "1..*",
        split = ",",
        arity = "0..*",
        paramLabel = "SERVICE",
        description = "The services; none takes all away.")
    private List<String> services = List.of();

    @Override
    public Integer call() {
      return ask.answer(
          "POST", path(name) + "/allow", Map.of("services", services), PeopleCommand::printPerson);
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a person, with every session, grant and token; effective at once.")
  static final class Remove implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The person.")
    private String name = "";

    @Override
    public Integer call() {
      return ask.answer(
          "DELETE",
          path(name),
          null,
          person -> System.out.println(person.path("name").asString("") + " is removed."));
    }
  }
}
