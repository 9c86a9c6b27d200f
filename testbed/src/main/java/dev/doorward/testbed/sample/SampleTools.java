package dev.doorward.testbed.sample;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The tools of the sample server. */
final class SampleTools {
  /** Key of the transport context under which the headers of the request are found. */
  static final String HEADERS = "headers";

  private static final int MOST_STEPS = 1_000;
  private static final int LONGEST_DELAY_MILLIS = 60_000;

  private SampleTools() {}

  static List<SyncToolSpecification> all() {
    return List.of(
        tool(
            "echo",
            "Says what it is told.",
            Map.of("message", Map.of("type", "string", "description", "What to say.")),
            List.of("message"),
            (exchange, request) -> text("Echo: " + argument(request, "message"))),
        tool(
            "add",
            "Adds two numbers.",
            Map.of("a", Map.of("type", "number"), "b", Map.of("type", "number")),
            List.of("a", "b"),
            (exchange, request) -> text(sum(argument(request, "a"), argument(request, "b")))),
        tool(
            "whoami",
            "Tells who calls: the identity headers that arrived with this request.",
            Map.of(),
            List.of(),
            (exchange, request) -> whoAmI(exchange)),
        tool(
            "count",
            "Counts slowly and reports progress on the way.",
            Map.of(
                "to",
                Map.of("type", "integer", "minimum", 1, "maximum", MOST_STEPS),
                "delayMillis",
                Map.of("type", "integer", "minimum", 0, "maximum", LONGEST_DELAY_MILLIS)),
            List.of(),
            SampleTools::count),
        tool(
            "ask",
            "Asks the person in front of the client for a name (elicitation).",
            Map.of(),
            List.of(),
            (exchange, request) -> ask(exchange)),
        tool(
            "summarize",
            "Lets the model of the client sum up a text (sampling).",
            Map.of("text", Map.of("type", "string")),
            List.of("text"),
            (exchange, request) -> summarize(exchange, String.valueOf(argument(request, "text")))));
  }

  private static CallToolResult whoAmI(McpSyncServerExchange exchange) {
    var lines = new StringBuilder();
    if (exchange.transportContext().get(HEADERS) instanceof Map<?, ?> headers) {
      headers.forEach((name, value) -> lines.append(name).append(": ").append(value).append('\n'));
    }
    return text(lines.isEmpty() ? "Nobody that this server knows of." : lines.toString());
  }

  private static CallToolResult count(McpSyncServerExchange exchange, CallToolRequest request) {
    int to = Math.clamp(number(argument(request, "to"), 5), 1, MOST_STEPS);
    int delay = Math.clamp(number(argument(request, "delayMillis"), 200), 0, LONGEST_DELAY_MILLIS);
    Object token = request.meta() == null ? null : request.meta().get("progressToken");
    for (int step = 1; step <= to; step++) {
      try {
        Thread.sleep(delay);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return text("Interrupted at " + step + ".");
      }
      if (token != null) {
        exchange.progressNotification(
            ProgressNotification.builder(token, step)
                .total((double) to)
                .message(step + " of " + to)
                .build());
      }
    }
    return text("Counted to " + to + ".");
  }

  private static CallToolResult ask(McpSyncServerExchange exchange) {
    if (exchange.getClientCapabilities() == null
        || exchange.getClientCapabilities().elicitation() == null) {
      return failure("This client cannot ask anybody: it has no elicitation.");
    }
    var answer =
        exchange.createElicitation(
            ElicitFormRequest.builder(
                    "What is your name?",
                    Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("name", Map.of("type", "string", "title", "Name")),
                        "required",
                        List.of("name")))
                .build());
    return switch (answer.action()) {
      case ACCEPT -> text("Hello, " + answer.content().get("name") + ".");
      case DECLINE -> text("No name was given.");
      case CANCEL -> text("The question was closed.");
    };
  }

  private static CallToolResult summarize(McpSyncServerExchange exchange, String text) {
    if (exchange.getClientCapabilities() == null
        || exchange.getClientCapabilities().sampling() == null) {
      return failure("This client lends no model: it has no sampling.");
    }
    var message =
        SamplingMessage.builder(
                Role.USER, TextContent.builder("Sum up in one sentence: " + text).build())
            .build();
    var answer =
        exchange.createMessage(CreateMessageRequest.builder(List.of(message), 200).build());
    return answer.content() instanceof TextContent summary
        ? text(summary.text())
        : failure("The model answered with something other than text.");
  }

  private static SyncToolSpecification tool(
      String name,
      String description,
      Map<String, Object> properties,
      List<String> required,
      BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> handler) {
    Map<String, Object> schema =
        Map.of("type", "object", "properties", properties, "required", required);
    return SyncToolSpecification.builder()
        .tool(Tool.builder(name, schema).description(description).build())
        .callHandler(handler)
        .build();
  }

  private static @Nullable Object argument(CallToolRequest request, String name) {
    return request.arguments() == null ? null : request.arguments().get(name);
  }

  private static int number(@Nullable Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  private static String sum(@Nullable Object a, @Nullable Object b) {
    double sum =
        ((Number) Objects.requireNonNull(a)).doubleValue()
            + ((Number) Objects.requireNonNull(b)).doubleValue();
    return sum == Math.rint(sum) && Math.abs(sum) < 1e15
        ? Long.toString((long) sum)
        : Double.toString(sum);
  }

  private static CallToolResult text(String text) {
    return CallToolResult.builder().addTextContent(text).build();
  }

  private static CallToolResult failure(String text) {
    return CallToolResult.builder().addTextContent(text).isError(true).build();
  }
}
