package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.edge.admin.AdminJson;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What commands of operators have in common: whom to ask, and how to print the answer. */
final class Ask {
  @Mixin private Where where = new Where();

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  /**
   * Asks and prints: the answer as it is where {@code --json} was said, else what {@code print}
   * makes of it; the exit code.
   */
  int answer(String method, String path, @Nullable Object body, Consumer<JsonNode> print) {
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
      case Outcome.Failed<JsonNode>(Problem problem) -> Print.problem(problem);
    };
  }
}
