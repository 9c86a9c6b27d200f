package dev.doorward.agent.main;

import dev.doorward.common.outcome.Problem;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code doorward agent}: join, run, install, status, doctor. Exit codes: 0 done, 1 refused or
 * failed, 2 usage.
 */
@Command(
    name = "doorward agent",
    description = "Offers MCP servers of this machine through an edge, without opening a port.",
    subcommands = {
      JoinCommand.class,
      RunCommand.class,
      InstallCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      ImportCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = AgentMain.AgentVersion.class)
public final class AgentMain implements Callable<Integer> {
  /** Exit code: done. */
  static final int DONE = 0;

  /** Exit code: refused or failed. */
  static final int FAILED = 1;

  /** Exit code: wrong use of the command line. */
  static final int USAGE = 2;

  /** The version line. */
  static final class AgentVersion implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"doorward agent " + Version.current()};
    }
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    // A name whose address has changed is found soon, and one that has none is asked for again.
    Security.setProperty("networkaddress.cache.ttl", "5");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(execute(out, err, args));
  }

  /** Runs the command; for tests and launchers. */
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new AgentMain())
        .setOut(out)
        .setErr(err)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler((e, rest) -> {
          err.println(e.getMessage() + " Try 'doorward agent --help'.");
          return USAGE;
        })
        .setExecutionExceptionHandler((e, line, parsed) -> {
          err.println("The agent failed: " + e);
          return FAILED;
        })
        .execute(args);
  }

  @Override
  public Integer call() {
    CommandLine.usage(this, System.err);
    return USAGE;
  }

  /** Says a problem in one line; returns the exit code that goes with it. */
  static int say(PrintWriter err, Problem problem) {
    err.println(problem.text() + " [" + problem.reason() + "]");
    return FAILED;
  }
}
