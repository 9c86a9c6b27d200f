package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.edge.admin.Desk;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doorward edge}: runs until it is told to stop. */
@Command(
    name = "edge",
    mixinStandardHelpOptions = true,
    subcommands = InstallCommand.class,
    description = "Runs the edge until it is stopped; SIGTERM lets running calls end first.")
final class EdgeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeCommand.class);

  @Mixin private Where where = new Where();

  @Option(
      names = "--owner",
      paramLabel = "NAME",
      description = "Where nobody can sign in yet: adds this person, and prints their setup link.")
  private String owner = "";

  @Override
  public Integer call() throws InterruptedException {
    Logs.quiet();
    EdgeConfig config;
    switch (where.load(System.getenv())) {
      case Outcome.Ok<EdgeConfig>(EdgeConfig loaded) -> config = loaded;
      case Outcome.Failed<EdgeConfig>(Problem problem) -> {
        return Print.problem(problem);
      }
    }
    Logs.configure(config.log());
    return switch (EdgeProcess.start(config, InstantSource.system(), new SecureRandom())) {
      case Outcome.Ok<EdgeProcess>(EdgeProcess edge) -> run(edge, config, owner);
      case Outcome.Failed<EdgeProcess>(Problem problem) -> Print.problem(problem);
    };
  }

  private static int run(EdgeProcess edge, EdgeConfig config, String owner)
      throws InterruptedException {
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  LOG.atInfo().addKeyValue("event", "edge_stopping").log("running calls may end");
                  edge.close();
                  LOG.atInfo().addKeyValue("event", "edge_stopped").log("bye");
                  Logs.flush();
                  stopped.countDown();
                }));
    LOG.atInfo()
        .addKeyValue("event", "edge_ready")
        .addKeyValue("url", config.publicUrl())
        .addKeyValue("listen", config.listen().host() + ":" + edge.port())
        .addKeyValue("pid", ProcessHandle.current().pid())
        .log("the edge is ready");
    firstSteps(edge, config, owner);
    stopped.await();
    return 0;
  }

  /** On the terminal, never in the log's fields: how the owner gets in. */
  private static void firstSteps(EdgeProcess edge, EdgeConfig config, String owner) {
    if (edge.desk().isEmpty()) {
      return;
    }
    Desk desk = edge.desk().get();
    if (!owner.isEmpty()
        && desk.people().isEmpty()
        && desk.addPerson(owner, true, List.of())
            instanceof Outcome.Failed<Desk.SetupView>(Problem problem)) {
      Print.problem(problem);
    }
    firstSteps(desk, config.dataDir());
  }

  /** The same for whoever keeps the people. */
  static void firstSteps(Desk desk, Path dataDir) {
    List<Desk.PersonView> people = desk.people();
    if (people.stream().anyMatch(p -> p.owner() && p.signedUp())) {
      return;
    }
    for (Desk.PersonView person : people) {
      if (person.owner()
          && desk.resetPerson(person.name())
              instanceof Outcome.Ok<Desk.SetupView>(Desk.SetupView setup)) {
        System.out.println(
            "The owner "
                + person.name()
                + " has no password yet. Choose it within an hour at:\n  "
                + setup.setupUrl());
        return;
      }
    }
    System.out.println(
        "Nobody can sign in yet. Make yourself known with:\n  doorward people add NAME --data-dir "
            + dataDir);
  }
}
