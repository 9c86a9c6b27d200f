package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.edge.EdgeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doorward edge install}: has systemd run the edge, now and after every restart. */
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description =
        "Has systemd run the edge, under a user of its own, now and after every restart. Needs root.")
final class InstallCommand implements Callable<Integer> {
  private static final Path UNITS = Path.of("/etc/systemd/system");
  private static final Path DATA = Path.of("/var/lib/doorward");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "/etc/doorward/edge.yaml",
      description = "Configuration of the edge; /etc/doorward/edge.yaml if you say nothing.")
  private Path config = Path.of("/etc/doorward/edge.yaml");

  @Option(
      names = "--user",
      paramLabel = "NAME",
      defaultValue = "doorward",
      description = "The user to run as, made where it is missing; doorward if you say nothing.")
  private String user = "doorward";

  @Option(names = "--dry-run", description = "Print the unit and change nothing.")
  private boolean dryRun;

  @Override
  public Integer call() {
    return switch (unit()) {
      case Outcome.Ok<SystemdUnit>(SystemdUnit unit) when dryRun -> {
        System.out.print(unit.text());
        yield 0;
      }
      case Outcome.Ok<SystemdUnit>(SystemdUnit unit) -> install(unit).map(Print::problem).orElse(0);
      case Outcome.Failed<SystemdUnit>(Problem problem) -> Print.problem(problem);
    };
  }

  private Outcome<SystemdUnit> unit() {
    if (!user.matches("[a-z_][a-z0-9_-]{0,30}")) {
      return Outcome.failed(Reason.USAGE, "--user: this is no name of a user.");
    }
    Path launcher =
        Path.of(System.getProperty("doorward.home", "")).toAbsolutePath().resolve("doorward");
    if (!Files.isExecutable(launcher)) {
      launcher = launcher.resolveSibling("bin").resolve("doorward");
    }
    Path file = config.toAbsolutePath().normalize();
    if (!launcher.toString().matches("[A-Za-z0-9/._+-]+")
        || !file.toString().matches("[A-Za-z0-9/._+-]+")) {
      return Outcome.failed(
          Reason.USAGE, "Paths of Doorward and its configuration must be of A-Z a-z 0-9 . _ + -.");
    }
    if (launcher.startsWith("/root") || launcher.startsWith("/home") || file.startsWith("/home")) {
      return Outcome.failed(
          Reason.USAGE,
          "The service may not look into home directories; put Doorward into /opt/doorward and"
              + " edge.yaml into /etc/doorward.");
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putIfAbsent("DOORWARD_DATA_DIR", DATA.toString());
    Path own = launcher;
    return ConfigReader.read(EdgeConfig.class, Optional.of(file), environment)
        .outcome()
        .then(read -> Outcome.ok(new SystemdUnit(own, file, user, read.dataDir())));
  }

  private Optional<Problem> install(SystemdUnit unit) {
    try {
      if (!Files.isWritable(UNITS)) {
        return problem(
            "Only root may do this: run it with sudo, or look at what it does with --dry-run.");
      }
      if (run("id", "-u", user) != 0
          && run(
                  "useradd",
                  "--system",
                  "--no-create-home",
                  "--home-dir",
                  unit.dataDir().toString(),
                  "--shell",
                  "/usr/sbin/nologin",
                  user)
              != 0) {
        return problem("The user " + user + " cannot be made; make it yourself, or name another.");
      }
      Path beside = UNITS.resolve("." + SystemdUnit.NAME + ".new");
      Files.write(beside, unit.text().getBytes(StandardCharsets.UTF_8));
      Files.move(beside, UNITS.resolve(SystemdUnit.NAME), StandardCopyOption.ATOMIC_MOVE);
      if (run("systemctl", "daemon-reload") != 0
          || run("systemctl", "enable", "--now", SystemdUnit.NAME) != 0) {
        return problem("systemd did not start it; see: journalctl -u " + SystemdUnit.NAME);
      }
      System.out.println(
          "The edge runs. Make yourself known with:\n  sudo "
              + unit.launcher()
              + " people add NAME --data-dir "
              + unit.dataDir());
      return Optional.empty();
    } catch (IOException e) {
      return problem("The unit cannot be written to " + UNITS + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem("It was interrupted.");
    }
  }

  private static Optional<Problem> problem(String text) {
    return Optional.of(new Problem(Reason.FILE_UNREADABLE, text));
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(List.of(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
