package dev.doorward.edge.main;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the edge host. Exit codes: 0 done, 1 refused or failed, 2 usage. */
@Command(
    name = "doorward",
    mixinStandardHelpOptions = true,
    description = "The edge and its operator's commands.",
    subcommands = {
      EdgeCommand.class,
      AuthCommand.class,
      EdgeJoinCommand.class,
      EdgesCommand.class,
      InviteCommand.class,
      PeopleCommand.class,
      ClientsCommand.class,
      AgentsCommand.class,
      ServicesCommand.class,
      TokensCommand.class,
      KeysCommand.class,
      ResourceServersCommand.class,
      ClockCommand.class,
      EnterpriseCommand.class,
      CertificatesCommand.class,
      ConfigCommand.class,
      StatusCommand.class
    })
public final class EdgeMain implements Runnable {
  private static final String LEAKS = "io.netty.leakDetection.level";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** The process. */
  public static void main(String[] args) {
    // Looking for leaks costs a few percent; tests do it for every buffer.
    if (System.getProperty(LEAKS) == null) {
      System.setProperty(LEAKS, "disabled");
    }
    System.exit(execute(args));
  }

  /** Runs one command line; the exit code. */
  static int execute(String... args) {
    var line = new CommandLine(new EdgeMain());
    line.setParameterExceptionHandler((e, _) -> {
      String command = e.getCommandLine().getCommandSpec().qualifiedName();
      System.err.println(
          command + ": " + e.getMessage() + "; '" + command + " --help' tells more.");
      return 2;
    });
    line.setExecutionExceptionHandler((e, _, _) -> {
      System.err.println("doorward: " + e.getClass().getSimpleName() + ": " + e.getMessage());
      return 1;
    });
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
