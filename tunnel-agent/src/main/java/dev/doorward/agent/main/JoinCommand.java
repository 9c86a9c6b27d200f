package dev.doorward.agent.main;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.NameLookup;
import dev.doorward.agent.dial.ProxyChoice;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.identity.EnrolClient;
import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.agent.identity.Joining;
import dev.doorward.agent.imports.ServiceYaml;
import dev.doorward.agent.imports.Words;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.config.value.ProxyServer;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorward agent join}: uses an invite, once, and stores what comes of it. */
@Command(
    name = "join",
    description = "Turns this machine into an agent with an invite of the edge.",
    mixinStandardHelpOptions = true)
final class JoinCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "INVITE", description = "What 'doorward invite NAME' printed.")
  private String invite = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "agent.yaml; without it the one in the data directory is read.")
  private Optional<Path> file = Optional.empty();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Where the agent keeps its key.")
  private Optional<Path> dataDir = Optional.empty();

  @Option(
      names = "--service",
      paramLabel = "NAME=URL-or-COMMAND",
      description =
          "An MCP server to offer, e.g. notes=http://127.0.0.1:3000/mcp or"
              + " \"files=npx -y @modelcontextprotocol/server-filesystem /srv\"; may be repeated.")
  private Map<String, String> services = new LinkedHashMap<>();

  @Option(names = "--run", description = "Runs the agent at once.")
  private boolean run;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    Outcome<AgentConfig> config =
        badService()
            .<Outcome<AgentConfig>>map(Outcome::failed)
            .orElseGet(() -> ConfigSource.read(file, dataDir, System.getenv()));
    Outcome<AgentIdentity> joined =
        Invite.parse(invite).then(parsed -> config.then(read -> join(parsed, read)));
    return switch (joined) {
      case Outcome.Failed<AgentIdentity>(Problem problem) -> AgentMain.say(err, problem);
      case Outcome.Ok<AgentIdentity>(AgentIdentity identity) -> {
        out.println(
            "This machine is the agent " + identity.agent() + " of " + identity.issuer() + ".");
        if (!run) {
          out.println(next());
          yield AgentMain.DONE;
        }
        yield RunCommand.run(file, dataDir, err);
      }
    };
  }

  private String next() {
    String command =
        "doorward agent run"
            + file.map(path -> " --config " + path).orElse("")
            + dataDir.map(dir -> " --data-dir " + dir).orElse("");
    return services.isEmpty() && file.isEmpty()
        ? "Put your MCP servers into agent.yaml, then run: " + command
        : "Now run: " + command;
  }

  private Optional<Problem> badService() {
    if (file.isPresent() && !services.isEmpty()) {
      return Optional.of(
          new Problem(
              Reason.USAGE, "Put the services into " + file.get() + " and leave out --service."));
    }
    for (Map.Entry<String, String> service : services.entrySet()) {
      if (!ServiceName.isValid(service.getKey())) {
        return Optional.of(
            new Problem(
                Reason.USAGE,
                "The name of a service has 1 to 32 of a-z, 0-9 and -, starts with a letter, and is"
                    + " none of the edge's own paths."));
      }
      if (described(new ServiceName(service.getKey()), service.getValue()).isEmpty()) {
        return Optional.of(
            new Problem(
                Reason.USAGE,
                "The service "
                    + service.getKey()
                    + " needs the URL of an MCP endpoint, e.g. http://127.0.0.1:3000/mcp, or a"
                    + " command that speaks MCP over standard input and output."));
      }
    }
    return Optional.empty();
  }

  /** A service as agent.yaml has it; empty for what is neither a URL nor a command. */
  private static Optional<String> described(ServiceName name, String given) {
    return given.matches("(?i)[a-z][a-z0-9+.-]*://.*")
        ? HttpUrl.parse(given).map(url -> ServiceYaml.url(name, url.toString(), false))
        : Words.of(given)
            .map(words ->
                ServiceYaml.command(name, words, List.of(), Optional.empty(), Optional.empty()));
  }

  private Outcome<AgentIdentity> join(Invite parsed, AgentConfig config) {
    Logging.set(config.log());
    return DataDirectory.open(config.dataDir())
        .then(directory -> {
          try (directory) {
            return freeFile(directory.resolve(ConfigSource.FILE))
                .then(free ->
                    proxyTo(parsed, config)
                        .then(proxy -> join(parsed, config, proxy, directory))
                        .then(id -> write(free, id)));
          }
        });
  }

  /** What is dialled is what the invite names; one that names nothing is refused later. */
  private static Outcome<Optional<ProxyServer>> proxyTo(Invite invite, AgentConfig config) {
    return ProxyChoice.of(
        config.proxy(),
        System.getenv(),
        HostPort.parse(invite.edge()).map(HostPort::host).orElse(""));
  }

  /** Where the services are to be written; refused where a file of the owner's is there. */
  private Outcome<Path> freeFile(Path wanted) {
    return !services.isEmpty() && Files.exists(wanted)
        ? Outcome.failed(
            Reason.CONFIG_VALUE_REFUSED,
            wanted + " is there already; put the services into it and leave out --service.")
        : Outcome.ok(wanted);
  }

  private static Outcome<AgentIdentity> join(
      Invite invite, AgentConfig config, Optional<ProxyServer> proxy, DataDirectory directory) {
    try (EventLoops loops = EventLoops.start("join", 1);
        NameLookup names = new NameLookup(InetAddress::getAllByName)) {
      EnrolClient client =
          new EnrolClient(
              loops,
              new Dialer(loops, names).through(() -> proxy),
              new TlsContexts(TlsProvider.best()),
              config.limits().connectTimeout());
      return new Joining(
              new IdentityStore(directory.path()),
              client,
              new SecureRandom(),
              InstantSource.system(),
              Version.current())
          .join(invite);
    }
  }

  private Outcome<AgentIdentity> write(Path free, AgentIdentity identity) {
    if (services.isEmpty()) {
      return Outcome.ok(identity);
    }
    StringBuilder yaml = new StringBuilder("data-dir: .\nservices:\n");
    services.forEach(
        (name, given) -> yaml.append(described(new ServiceName(name), given).orElse("").indent(2)));
    try {
      PrivateFile.write(free, yaml.toString().getBytes(StandardCharsets.UTF_8));
      return Outcome.ok(identity);
    } catch (IOException e) {
      return Outcome.failed(
          Reason.STORE_FAILED,
          "This machine has joined, but " + free + " could not be written: " + e.getMessage());
    }
  }
}
