package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.data.DataDirectory;
import dev.doorward.config.value.HostPort;
import dev.doorward.edge.auth.apart.JoinedEdge;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code doorward edge-join}: makes this edge known to an auth-server on another machine. */
@Command(
    name = "edge-join",
    mixinStandardHelpOptions = true,
    description =
        "Uses an invite of an auth-server on another machine: makes a key here and has it"
            + " certified there. Run it before doorward edge.")
final class EdgeJoinCommand implements Callable<Integer> {
  @Mixin private Where where = new Where();

  @Parameters(paramLabel = "INVITE", description = "As doorward edges invite printed it.")
  private String invite = "";

  @Override
  public Integer call() {
    Logs.quiet();
    Outcome<HostPort> joined =
        where
            .edgeDir(System.getenv())
            .then(DataDirectory::open)
            .then(data -> {
              try (data) {
                return JoinedEdge.join(invite, data.path(), new SecureRandom());
              }
            });
    return switch (joined) {
      case Outcome.Ok<HostPort>(HostPort address) -> {
        System.out.println("Joined. In edge.yaml:\n\n  auth-server:\n    address: " + address);
        yield 0;
      }
      case Outcome.Failed<HostPort>(Problem problem) -> Print.problem(problem);
    };
  }
}
