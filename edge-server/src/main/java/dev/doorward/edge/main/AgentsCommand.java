package dev.doorward.edge.main;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  /** Each service, with a word where its server does not answer. */
  private static String services(JsonNode agent, String none) {
    List<String> all = new ArrayList<>();
    agent
        .path("services")
        .forEach(s ->
            all.add(
                s.path("name").asString("")
                    + (s.path("health").asString("").equals("down") ? " (down)" : "")));
    return all.isEmpty() ? none : String.join(",", all);
  }

  private static String lost(JsonNode agent, String none) {
    JsonNode lost = agent.path("last_lost");
    return lost.isObject()
        ? lost.path("reason").asString("") + " at " + lost.path("at").asString("")
        : none;
  }

  /** The shortest round trip of the agent's links. */
  private static String rtt(JsonNode agent) {
    long least = -1;
    for (JsonNode link : agent.path("links")) {
      long rtt = link.path("rtt_micros").asLong(-1);
      least = least < 0 || (rtt >= 0 && rtt < least) ? rtt : least;
    }
    return millis(least);
  }

  private static String millis(long micros) {
    return micros < 0 ? "-" : String.format(Locale.ROOT, "%.1f ms", micros / 1000.0);
  }

  private static void warn(JsonNode agent) {
    JsonNode cloned = agent.path("cloned_key");
    if (cloned.isObject()) {
      System.out.printf(
          "WARNING: the key of %s was used from %s and from %s at once (%s); if only one of them is"
              + " yours: doorward agents revoke %s%n",
          agent.path("name").asString(""),
          cloned.path("from").asString(""),
          cloned.path("and_from").asString(""),
          cloned.path("at").asString(""),
          agent.path("name").asString(""));
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists agents.")
  static final class ListAgents implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer -> {
            Print.table(
                List.of(
                    "NAME",
                    "STATE",
                    "LINKS",
                    "ROUND TRIP",
                    "OFFERS",
                    "MAY OFFER",
                    "CERTIFICATE ENDS",
                    "LAST LOST"),
                answer.path("agents"),
                a ->
                    List.of(
                        a.path("name").asString(""),
                        state(a),
                        Integer.toString(a.path("links").size()),
                        rtt(a),
                        services(a, "-"),
                        Print.list(a.path("may_serve"), "any"),
                        a.path("certificate_ends").asString(""),
                        lost(a, "-")));
            answer.path("agents").forEach(AgentsCommand::warn);
          });
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one agent.")
  static final class Show implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH + "/" + name,
          null,
          a -> {
            System.out.println(a.path("name").asString("") + " is " + state(a) + ".");
            System.out.println("  offers            " + services(a, "nothing"));
            System.out.println("  may offer         " + Print.list(a.path("may_serve"), "any"));
            System.out.println("  enrolled          " + a.path("enrolled_at").asString(""));
            System.out.println("  certificate ends  " + a.path("certificate_ends").asString(""));
            System.out.println("  last link lost    " + lost(a, "none since the edge began"));
            a.path("links")
                .forEach(l ->
                    System.out.printf(
                        "  link %s from %s since %s, agent %s: %d calls, round trip %s, %s%n",
                        l.path("id").asString(""),
                        l.path("remote").asString(""),
                        l.path("since").asString("now"),
                        l.path("software").asString(""),
                        l.path("open_calls").asInt(0),
                        millis(l.path("rtt_micros").asLong(-1)),
                        l.path("key_exchange").asString("")));
            warn(a);
          });
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Takes an agent off the table and cuts its links at once.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Override
    public Integer call() {
      return ask.answer(
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
