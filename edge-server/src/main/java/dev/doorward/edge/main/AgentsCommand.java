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
import tools.jackson.databind.JsonNode;

/** {@code doorward agents}: the table of agents and their links. */
@Command(
    name = "agents",
    mixinStandardHelpOptions = true,
    description = "The agents that may link to this edge.",
    subcommands = {
      AgentsCommand.ListAgents.class,
      AgentsCommand.Show.class,
      AgentsCommand.Revoke.class
    })
final class AgentsCommand implements Runnable {
  private static final String PATH = "/v1/agents";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, show or revoke");
  }

  private static String state(JsonNode agent) {
    if (agent.path("revoked").asBoolean(false)) {
      return "revoked";
    }
    if (!agent.path("online").isBoolean()) {
      return "enrolled"; // an auth-server of its own has no links
    }
    return agent.path("online").asBoolean(false) ? "online" : "offline";
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists agents.")
  static final class ListAgents implements Callable<Integer> {
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
                .path("agents")
                .forEach(a ->
                    rows.add(
                        List.of(
                            a.path("name").asString(""),
                            state(a),
                            Integer.toString(a.path("links").size()),
                            Print.list(a.path("offers"), "-"),
                            Print.list(a.path("may_serve"), "any"))));
            Print.table(List.of("NAME", "STATE", "LINKS", "OFFERS", "MAY OFFER"), rows);
          });
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one agent.")
  static final class Show implements Callable<Integer> {
    @Mixin private Where where = new Where();

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      return Print.answer(
          where,
          json,
          "GET",
          PATH + "/" + name,
          null,
          a -> {
            System.out.println(a.path("name").asString("") + " is " + state(a) + ".");
            System.out.println("  offers            " + Print.list(a.path("offers"), "nothing"));
            System.out.println("  may offer         " + Print.list(a.path("may_serve"), "any"));
            System.out.println("  enrolled          " + a.path("enrolled_at").asString(""));
            System.out.println("  certificate ends  " + a.path("certificate_ends").asString(""));
            a.path("links")
                .forEach(l ->
                    System.out.println(
                        "  link "
                            + l.path("id").asString("")
                            + "  open calls "
                            + l.path("open_calls").asInt(0)
                            + "  round trip "
                            + l.path("rtt_micros").asLong(-1)
                            + " us"));
          });
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Takes an agent off the table and cuts its links at once.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private Where where = new Where();

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Override
    public Integer call() {
      return Print.answer(
          where,
          json,
          "POST",
          PATH + "/" + name + "/revoke",
          Map.of(),
          a ->
              System.out.println(
                  a.path("name").asString("")
                      + " is revoked; it needs a new invite to come back."));
    }
  }
}
