package dev.doorward.edge.main;

import dev.doorward.common.outcome.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** What commands print: problems, tables, lists. */
final class Print {
  private Print() {}

  /** One sentence and its reason code on standard error; the exit code. */
  static int problem(Problem problem) {
    System.err.println("doorward: " + problem.text() + " [" + problem.reason() + "]");
    return 1;
  }

  /** A table with its columns in line, a row for each item of a JSON array. */
  static void table(List<String> head, JsonNode items, Function<JsonNode, List<String>> row) {
    List<List<String>> all = new ArrayList<>(List.of(head));
    items.forEach(item -> all.add(row.apply(item)));
    int[] widths = new int[head.size()];
    for (List<String> cells : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], cells.get(i).length());
      }
    }
    for (List<String> cells : all) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = cells.get(i);
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
