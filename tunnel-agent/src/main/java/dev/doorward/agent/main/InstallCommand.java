package dev.doorward.agent.main;

import dev.doorward.agent.identity.IdentityStore;
import dev.doorward.agent.install.Installation;
import dev.doorward.agent.install.Installation.Step;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doorward agent install}: makes the agent a hardened service with a user of its own. */
@Command(
    name = "install",
    description = "Makes this machine's agent a service of systemd, under a user of its own.",
    mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
  private static final long LIMIT_SECONDS = 120;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The agent's directory; default: /var/lib/doorward-agent.")
  private Path dataDir = Installation.DATA_DIR;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "agent.yaml; without it the one in the data directory is read.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "The service's user, made where it is missing; default: doorward-agent.")
  private String user = Installation.USER;

  @Option(
      names = "--dry-run",
      description = "Prints the unit and the commands, and changes nothing.")
  private boolean dryRun;

  @Override
  public Integer call() {
    Outcome<List<Step>> steps = wanted().then(Installation::checked).then(this::steps);
    return switch (steps) {
      case Outcome.Failed<List<Step>>(Problem problem) ->
          AgentMain.say(spec.commandLine().getErr(), problem);
      case Outcome.Ok<List<Step>>(List<Step> all) -> dryRun ? show(all) : doAll(all);
    };
  }

  private Outcome<Installation> wanted() {
    String home = System.getProperty("doorward.home", "");
    if (home.isEmpty()) {
      return Outcome.failed(Reason.USAGE, "Start this command by the launcher, doorward.");
    }
    Path root = Path.of(home);
    Path launcher = root.resolve("bin", "doorward");
    return Outcome.ok(
        new Installation(
            user,
            dataDir.toAbsolutePath().normalize(),
            config.map(file -> file.toAbsolutePath().normalize()),
            Files.isExecutable(launcher) ? launcher : root.resolve("doorward"),
            Path.of(System.getProperty("java.home"))));
  }

  private Outcome<List<Step>> steps(Installation installation) {
    boolean userExists =
        answers(List.of("id", "--user", installation.user())) instanceof Outcome.Ok<String>;
    Outcome<List<Step>> steps = Outcome.ok(installation.steps(userExists));
    return dryRun ? steps : ready(installation).then(ready -> steps);
  }

  /** Whether this machine can have the service now. */
  private static Outcome<Installation> ready(Installation installation) {
    if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
      return Outcome.failed(
          Reason.USAGE,
          "This machine does not run systemd; start 'doorward agent run' by what it has instead.");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return Outcome.failed(Reason.USAGE, "Only root can install a service; use sudo.");
    }
    if (!new IdentityStore(installation.dataDir()).isEnrolled()) {
      return Outcome.failed(
          Reason.NOT_RUNNING,
          "There is no agent in "
              + installation.dataDir()
              + " yet; first: doorward agent join INVITE --data-dir "
              + installation.dataDir());
    }
    // One that was started by hand would hold the directory; the service itself is restarted.
    return answers(List.of("systemctl", "is-active", Installation.UNIT))
            instanceof Outcome.Ok<String>
        ? Outcome.ok(installation)
        : DataDirectory.open(installation.dataDir())
            .then(directory -> {
              directory.close();
              return Outcome.ok(installation);
            });
  }

  private int show(List<Step> steps) {
    PrintWriter out = spec.commandLine().getOut();
    for (Step step : steps) {
      switch (step) {
        case Step.Run(List<String> command) -> out.println("$ " + String.join(" ", command));
        case Step.Write(Path file, String text) -> out.print("> " + file + "\n" + text);
      }
    }
    out.flush();
    return AgentMain.DONE;
  }

  private int doAll(List<Step> steps) {
    for (Step step : steps) {
      Outcome<String> done =
          switch (step) {
            case Step.Run(List<String> command) -> answers(command);
            case Step.Write(Path file, String text) -> write(file, text);
          };
      if (done instanceof Outcome.Failed<String>(Problem problem)) {
        return AgentMain.say(spec.commandLine().getErr(), problem);
      }
    }
    spec.commandLine()
        .getOut()
        .println(
            "The agent runs as the service "
                + Installation.UNIT
                + "; its log: journalctl -u "
                + Installation.UNIT
                + ", its state: doorward agent status --data-dir "
                + dataDir);
    return AgentMain.DONE;
  }

  private static Outcome<String> write(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      return Outcome.ok(file.toString());
    } catch (IOException e) {
      return Outcome.failed(
          Reason.STORE_FAILED, file + " could not be written: " + e.getMessage() + ".");
    }
  }

  /** Runs a program, without a shell and within two minutes; what it said, or that it failed. */
  private static Outcome<String> answers(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (ended && process.exitValue() == 0) {
        return Outcome.ok(said(process));
      }
      process.destroyForcibly();
      return Outcome.failed(
          Reason.INTERNAL,
          "'" + String.join(" ", command) + "' failed" + (ended ? ": " + said(process) : "."));
    } catch (IOException e) {
      return Outcome.failed(
          Reason.INTERNAL, "'" + command.getFirst() + "' cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Reason.INTERNAL, "Interrupted.");
    }
  }

  private static String said(Process process) throws IOException {
    return new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
        .strip();
  }
}
