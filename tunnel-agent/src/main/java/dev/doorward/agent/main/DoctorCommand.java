package dev.doorward.agent.main;

import dev.doorward.agent.doctor.Doctor;
import dev.doorward.agent.doctor.Hop;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.AgentConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@code doorward agent doctor}: names the first hop that fails, and its fix. */
@Command(
    name = "doctor",
    description =
        "Walks the way to the edge and to the MCP servers, and names the first hop that fails.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final JsonFactory JSON = new JsonFactory();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml of the agent.")
  private Optional<Path> config = Optional.empty();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "The agent's directory.")
  private Optional<Path> dataDir = Optional.empty();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Hop> hops = hops();
    boolean well = hops.stream().noneMatch(Hop.Bad.class::isInstance);
    if (json) {
      out.println(json(hops, well));
    } else {
      hops.forEach(hop -> print(hop, out));
    }
    return well ? AgentMain.DONE : AgentMain.FAILED;
  }

  private List<Hop> hops() {
    List<Hop> hops = new ArrayList<>();
    switch (ConfigSource.read(config, dataDir, System.getenv())) {
      case Outcome.Failed<AgentConfig>(Problem problem) -> hops.add(new Hop.Bad("config", problem));
      case Outcome.Ok<AgentConfig>(AgentConfig read) -> {
        hops.add(new Hop.Good("config", read.services().size() + " services"));
        Logging.quiet();
        switch (new IdentityStore(read.dataDir()).load()) {
          case Outcome.Failed<AgentIdentity>(Problem problem) ->
              hops.add(new Hop.Bad("identity", problem));
          case Outcome.Ok<AgentIdentity>(AgentIdentity identity) -> {
            hops.add(
                new Hop.Good("identity", "agent " + identity.agent() + " of " + identity.issuer()));
            hops.addAll(
                new Doctor(
                        read,
                        identity,
                        InstantSource.system(),
                        InetAddress::getAllByName,
                        System.getenv())
                    .walk());
          }
        }
      }
    }
    return hops;
  }

  private static void print(Hop hop, PrintWriter out) {
    switch (hop) {
      case Hop.Good(String name, String text) -> out.printf("ok    %-16s %s%n", name, text);
      case Hop.Bad(String name, Problem problem) ->
          out.printf("FAIL  %-16s %s [%s]%n", name, problem.text(), problem.reason());
    }
  }

  private static String json(List<Hop> hops, boolean well) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeBooleanProperty("ok", well);
      out.writeArrayPropertyStart("hops");
      for (Hop hop : hops) {
        out.writeStartObject();
        out.writeStringProperty("hop", hop.name());
        out.writeBooleanProperty("ok", hop instanceof Hop.Good);
        switch (hop) {
          case Hop.Good(String name, String found) -> out.writeStringProperty("text", found);
          case Hop.Bad(String name, Problem problem) -> {
            out.writeStringProperty("reason", problem.reason().code());
            out.writeStringProperty("text", problem.text());
          }
        }
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    return text.toString();
  }
}
