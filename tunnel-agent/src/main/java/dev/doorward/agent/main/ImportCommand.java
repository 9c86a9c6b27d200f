package dev.doorward.agent.main;

import dev.doorward.agent.imports.ClientFile;
import dev.doorward.agent.imports.Import;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.data.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorward agent import}: takes MCP servers over from the file of an MCP client. */
@Command(
    name = "import",
    description =
        "Adds the MCP servers of an mcp.json or claude_desktop_config.json to agent.yaml.",
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 1 << 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description = "mcp.json, claude_desktop_config.json or their like.")
  private Path file = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "agent.yaml; without it the one in the data directory.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's directory, in place of what agent.yaml says.")
  private Optional<Path> dataDir = Optional.empty();

  @Option(names = "--dry-run", description = "Shows what agent.yaml would be, and writes nothing.")
  private boolean dryRun;

  /** An agent.yaml: where it is, what it says, and what that means. */
  private record Target(Path path, String text, AgentConfig config) {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Outcome<Target> target = target();
    Outcome<Import> worked =
        target.then(into ->
            text(file)
                .then(json -> ClientFile.read(json, Path.of(System.getProperty("user.home"))))
                .then(found ->
                    Import.of(
                        found, into.text(), into.config().services().keySet(), folder(into))));
    Outcome<Import> done =
        target.then(into -> worked.then(made -> checked(into, made)).then(made -> put(into, made)));
    return switch (done) {
      case Outcome.Failed<Import>(Problem problem) -> {
        if (worked instanceof Outcome.Ok<Import>(Import made)) {
          made.lines().forEach(out::println);
        }
        yield AgentMain.say(err, problem);
      }
      case Outcome.Ok<Import>(Import made) -> {
        made.lines().forEach(out::println);
        if (dryRun) {
          out.print(made.yaml());
          out.flush();
        } else if (!made.taken().isEmpty()) {
          out.println(
              "The edge must let this agent offer: "
                  + made.taken().stream().map(Object::toString).collect(Collectors.joining(", "))
                  + ".");
        }
        yield made.taken().isEmpty() ? AgentMain.FAILED : AgentMain.DONE;
      }
    };
  }

  private static Path folder(Target target) {
    return Optional.ofNullable(target.path().toAbsolutePath().getParent()).orElse(target.path());
  }

  private Outcome<Target> target() {
    return ConfigSource.read(config, dataDir, System.getenv())
        .then(read -> {
          Path path = config.orElseGet(() -> read.dataDir().resolve(ConfigSource.FILE));
          if (!Files.exists(path)) {
            return Outcome.ok(new Target(path, "data-dir: .\n", read));
          }
          return text(path).then(text -> Outcome.ok(new Target(path, text, read)));
        });
  }

  private static Outcome<String> text(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      return bytes.length > MOST_BYTES
          ? Outcome.failed(Reason.FILE_UNREADABLE, path + " is longer than 1 MiB.")
          : Outcome.ok(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Outcome.failed(Reason.FILE_UNREADABLE, path + " cannot be read.");
    }
  }

  /** What is to be written must say what the file said before, and the new services. */
  private static Outcome<Import> checked(Target into, Import made) {
    for (Path secret : made.secrets().keySet()) {
      if (Files.exists(secret)) {
        return Outcome.failed(
            Reason.CONFIG_VALUE_REFUSED, secret + " is there already; move it away first.");
      }
    }
    // Environment files are not there yet, so they are left out of this look.
    String looked = made.yaml().replaceAll("(?m)^ +environment-file: .*\\n", "");
    String before = into.text().replaceAll("(?m)^ +environment-file: .*\\n", "");
    Path folder = folder(into);
    return ConfigReader.readText(AgentConfig.class, before, folder, Map.of())
        .outcome()
        .then(old ->
            ConfigReader.readText(AgentConfig.class, looked, folder, Map.of())
                .outcome()
                .then(now ->
                    keeps(old, now, made)
                        ? Outcome.ok(made)
                        : Outcome.failed(
                            Reason.CONFIG_VALUE_REFUSED,
                            "The services of agent.yaml are written in a way that cannot be added"
                                + " to; use --dry-run and add them by hand.")));
  }

  private static boolean keeps(AgentConfig old, AgentConfig now, Import made) {
    return now.services().keySet().containsAll(made.taken())
        && now.services().size() == old.services().size() + made.taken().size()
        && now.services().entrySet().containsAll(old.services().entrySet())
        && now.links() == old.links()
        && now.limits().equals(old.limits())
        && now.edge().equals(old.edge())
        && now.dataDir().equals(old.dataDir());
  }

  private Outcome<Import> put(Target into, Import made) {
    if (dryRun || made.taken().isEmpty()) {
      return Outcome.ok(made);
    }
    try {
      Files.createDirectories(folder(into));
      for (Map.Entry<Path, String> each : made.secrets().entrySet()) {
        PrivateFile.write(each.getKey(), each.getValue().getBytes(StandardCharsets.UTF_8));
        owned(each.getKey(), folder(into));
      }
      replace(into.path(), made.yaml());
      return Outcome.ok(made);
    } catch (IOException e) {
      return Outcome.failed(
          Reason.STORE_FAILED, into.path() + " could not be written: " + e.getMessage() + ".");
    }
  }

  /** Replaces agent.yaml, which keeps its owner and its mode; a new one is its owner's only. */
  private static void replace(Path path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!Files.exists(path)) {
      PrivateFile.write(path, bytes);
      return;
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    UserPrincipal owner = Files.getOwner(path);
    PrivateFile.write(path, bytes);
    if (!Files.getOwner(path).equals(owner)) {
      Files.setOwner(path, owner);
    }
    Files.setPosixFilePermissions(path, mode);
  }

  /** A file with secrets belongs to whom the folder belongs: the agent reads both. */
  private static void owned(Path secret, Path folder) throws IOException {
    UserPrincipal owner = Files.getOwner(folder);
    if (!Files.getOwner(secret).equals(owner)) {
      Files.setOwner(secret, owner);
    }
  }
}
