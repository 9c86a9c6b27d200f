package dev.doorward.agent.main;

import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.bind.ConfigReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Joins and starts agents for tests. */
final class Running {
  private Running() {}

  /** What the command line said. */
  record Said(int code, String out, String err) {}

  static Said cli(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = AgentMain.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Said(code, out.toString(), err.toString());
  }

  static Said join(FakeEdge edge, Path dir, String... more) {
    List<String> args =
        new ArrayList<>(List.of("join", edge.invite().encode(), "--data-dir", dir.toString()));
    args.addAll(List.of(more));
    return cli(args.toArray(String[]::new));
  }

  static AgentConfig config(Path dir, String yaml) {
    String text = "data-dir: " + dir + "\n" + yaml;
    return value(ConfigReader.readText(AgentConfig.class, text, dir, Map.of()).outcome());
  }

  static AgentProcess start(Path dir, String yaml) {
    return value(AgentProcess.start(config(dir, yaml), InstantSource.system()));
  }

  static <T> T value(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T>(var problem) -> throw new AssertionError(problem.toString());
    };
  }
}
