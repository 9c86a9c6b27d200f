package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.edge.admin.AdminJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What commands have in common: ask the edge, print the answer or the problem, give the code. */
final class Print {
  private Print() {}

  /** One sentence and its reason code on standard error; the exit code. */
  static int problem(Problem problem) {
    System.err.println("doorward: " + problem.text() + " [" + problem.reason() + "]");
    return 1;
  }

  /**
   * Asks and prints: the answer as it is where {@code json}, else what {@code print} makes of it.
   */
  static int answer(
      Where where,
      boolean json,
      String method,
      String path,
      @Nullable Object body,
      Consumer<JsonNode> print) {
    Outcome<JsonNode> answer =
        where
            .dataDir(System.getenv())
            .then((Path dir) -> new AdminClient(dir).ask(method, path, body));
    return switch (answer) {
      case Outcome.Ok<JsonNode>(JsonNode value) -> {
        if (json) {
          System.out.println(AdminJson.MAPPER.writeValueAsString(value));
        } else {
          print.accept(value);
        }
        yield 0;
      }
      case Outcome.Failed<JsonNode>(Problem problem) -> problem(problem);
    };
  }

  /** A table with its columns in line. */
  static void table(List<String> head, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>(List.of(head));
    all.addAll(rows);
    int[] widths = new int[head.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : all) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      System.out.println(line.toString().stripTrailing());
    }
  }

  /** The texts of a JSON array, or {@code none} where it is empty. */
  static String list(JsonNode array, String none) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asString("")));
    return texts.isEmpty() ? none : String.join(",", texts);
  }
}
