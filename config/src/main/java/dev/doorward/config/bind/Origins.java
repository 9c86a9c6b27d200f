package dev.doorward.config.bind;

import dev.doorward.config.check.Loaded;
import dev.doorward.config.load.ConfigTree;
import dev.doorward.config.load.YamlTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where the value of each key comes from: the environment, a line of the file, or its default. */
public final class Origins {
  private final String file;
  private final ConfigTree.Branch tree;
  private final Map<String, String> environment;

  private Origins(String file, ConfigTree.Branch tree, Map<String, String> environment) {
    this.file = file;
    this.tree = tree;
    this.environment = environment;
  }

  /** Of a file, or of none; one that cannot be read has no lines. */
  public static Origins of(Optional<Path> file, Map<String, String> environment) {
    ConfigTree.Branch tree =
        file.isPresent()
                && YamlTree.file(file.get())
                    instanceof Loaded.Ready<ConfigTree.Branch>(ConfigTree.Branch read)
            ? read
            : ConfigTree.Branch.empty();
    String name = file.map(f -> String.valueOf(f.getFileName())).orElse("");
    return new Origins(name, tree, environment);
  }

  private static String variable(List<String> path) {
    String joined = String.join("_", path);
    return "DOORWARD_" + joined.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** For example {@code edge.yaml:3}, {@code DOORWARD_LISTEN} or {@code default}. */
  String of(List<String> path) {
    if (!environment.getOrDefault(variable(path), "").isEmpty()) {
      return variable(path);
    }
    ConfigTree at = tree;
    int line = 0;
    for (String part : path) {
      ConfigTree.Entry entry =
          at instanceof ConfigTree.Branch branch ? branch.entries().get(part) : null;
      if (entry == null) {
        return "default";
      }
      line = entry.keyLine();
      at = entry.value();
    }
    return file + ":" + line;
  }
}
