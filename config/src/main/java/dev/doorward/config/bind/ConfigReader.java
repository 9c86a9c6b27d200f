package dev.doorward.config.bind;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.check.DidYouMean;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.load.ConfigTree;
import dev.doorward.config.load.YamlTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a configuration: a file, over it the environment ({@code DOORWARD_} and the key in upper
 * case, with {@code _} for dots and dashes), below it the defaults. Says everything that is wrong
 * at once.
 */
public final class ConfigReader {
  private ConfigReader() {}

  /**
   * Reads {@code file}; without one, everything comes from the environment and the defaults.
   *
   * @param environment as of {@link System#getenv()}
   */
  public static <R extends Record> Loaded<R> read(
      Class<R> type, Optional<Path> file, Map<String, String> environment) {
    Path folder = Path.of("").toAbsolutePath();
    if (file.isEmpty()) {
      return bind(type, "environment", folder, ConfigTree.Branch.empty(), environment);
    }
    Path path = file.get().toAbsolutePath();
    Path base = path.getParent() == null ? folder : path.getParent();
    return switch (YamlTree.file(path)) {
      case Loaded.Ready<ConfigTree.Branch>(ConfigTree.Branch tree) ->
          bind(type, String.valueOf(path.getFileName()), base, tree, environment);
      case Loaded.Refused<ConfigTree.Branch>(List<Finding> findings) ->
          new Loaded.Refused<>(findings);
    };
  }

  /** Reads a text that is no file, e.g. of a test; {@code base} is where relative paths start. */
  public static <R extends Record> Loaded<R> readText(
      Class<R> type, String yaml, Path base, Map<String, String> environment) {
    return switch (YamlTree.text("text", yaml)) {
      case Loaded.Ready<ConfigTree.Branch>(ConfigTree.Branch tree) ->
          bind(type, "text", base, tree, environment);
      case Loaded.Refused<ConfigTree.Branch>(List<Finding> findings) ->
          new Loaded.Refused<>(findings);
    };
  }

  private static <R extends Record> Loaded<R> bind(
      Class<R> type,
      String source,
      Path base,
      ConfigTree.Branch tree,
      Map<String, String> environment) {
    var binder = new Binder(source, base, environment);
    R record = binder.bind(type, tree, "");
    List<Finding> findings = new ArrayList<>(binder.findings());
    findings.sort(Comparator.comparingInt(Finding::line));
    findings.addAll(almostVariables(type, environment));
    return record != null && findings.isEmpty()
        ? new Loaded.Ready<>(record)
        : new Loaded.Refused<>(findings);
  }

  /** Variables that look like a misspelt override; others may belong to other programs. */
  private static List<Finding> almostVariables(
      Class<? extends Record> type, Map<String, String> environment) {
    List<String> known = KeySpec.of(type).stream().flatMap(key -> key.variable().stream()).toList();
    List<Finding> findings = new ArrayList<>();
    for (String variable : environment.keySet().stream().sorted().toList()) {
      if (variable.startsWith("DOORWARD_") && !known.contains(variable)) {
        DidYouMean.among(known, variable)
            .ifPresent(meant ->
                findings.add(
                    new Finding(
                        variable,
                        0,
                        "",
                        Reason.CONFIG_UNKNOWN_KEY,
                        "there is no such variable; did you mean " + meant + "?")));
      }
    }
    return findings;
  }
}
