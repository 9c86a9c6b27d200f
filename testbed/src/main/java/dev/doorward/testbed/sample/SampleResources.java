package dev.doorward.testbed.sample;

import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.util.List;

/** The resources and prompts of the sample server. */
final class SampleResources {
  private static final String WELCOME = "note://welcome";

  private SampleResources() {}

  static List<SyncResourceSpecification> resources() {
    return List.of(
        new SyncResourceSpecification(
            Resource.builder(WELCOME, "welcome")
                .description("A word of welcome.")
                .mimeType("text/plain")
                .build(),
            (exchange, request) ->
                text(request.uri(), "Welcome. This text came from a private host.")));
  }

  static List<SyncResourceTemplateSpecification> templates() {
    return List.of(
        new SyncResourceTemplateSpecification(
            ResourceTemplate.builder("note://square/{number}", "square")
                .description("The square of a whole number.")
                .mimeType("text/plain")
                .build(),
            (exchange, request) -> text(request.uri(), square(request.uri()))));
  }

  static List<SyncPromptSpecification> prompts() {
    return List.of(
        new SyncPromptSpecification(
            Prompt.builder("greet")
                .description("Greets somebody.")
                .arguments(
                    List.of(
                        PromptArgument.builder("name")
                            .description("Whom to greet.")
                            .required(true)
                            .build()))
                .build(),
            (exchange, request) ->
                GetPromptResult.builder(
                        List.of(
                            PromptMessage.builder(
                                    Role.USER,
                                    TextContent.builder(
                                            "Greet "
                                                + request.arguments().get("name")
                                                + " in one short sentence.")
                                        .build())
                                .build()))
                    .build()));
  }

  private static String square(String uri) {
    String number = uri.substring(uri.lastIndexOf('/') + 1);
    if (!number.matches("-?[0-9]{1,9}")) {
      return "That is no whole number.";
    }
    long value = Long.parseLong(number);
    return Long.toString(value * value);
  }

  private static ReadResourceResult text(String uri, String text) {
    return ReadResourceResult.builder(
            List.of(TextResourceContents.builder(uri, text).mimeType("text/plain").build()))
        .build();
  }
}
