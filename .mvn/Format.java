import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks or rewrites the layout of every Java file below a folder. The build calls it: {@code check|write FOLDER}. */
class Format {
  public static void main(String[] args) throws Exception {
    var write = args[0].equals("write");
    var root = Path.of(args[1]);
    List<Path> wrong = new ArrayList<>();
    var formatter = new Formatter(JavaFormatterOptions.builder().style(Style.GOOGLE).build());
    for (Path module : modules(root)) {
      for (Path file : sources(module.resolve("src"))) {
        var before = Files.readString(file);
        var after =
            formatter.formatSource(
                ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(before), Style.GOOGLE));
        if (!after.equals(before)) {
          wrong.add(file);
          if (write) {
            Files.writeString(file, after);
          }
        }
      }
    }
    wrong.forEach(f -> System.out.println((write ? "formatted " : "not formatted: ") + f));
    if (!write && !wrong.isEmpty()) {
      System.out.println("Run 'mvn -q -N process-sources -Dformat' to format them.");
      System.exit(1);
    }
  }

  private static List<Path> modules(Path root) throws IOException {
    try (var children = Files.list(root)) {
      return children.filter(c -> Files.isDirectory(c.resolve("src"))).sorted().toList();
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }
}
