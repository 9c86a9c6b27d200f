package dev.doorward.testbed.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampleServerTest {
  private final Queue<Double> progress = new ConcurrentLinkedQueue<>();
  private SampleServer server;
  private McpSyncClient client;

  @BeforeEach
  void start() throws Exception {
    server = SampleServer.start(0);
    client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + server.port())
                    .endpoint("/mcp")
                    .jsonMapper(McpJson.mapper())
                    .build())
            .capabilities(ClientCapabilities.builder().elicitation().sampling().build())
            .elicitation(request ->
                new ElicitResult(ElicitResult.Action.ACCEPT, Map.<String, Object>of("name", "Ada")))
            .sampling(request ->
                CreateMessageResult.builder(Role.ASSISTANT, "In short.", "a-model").build())
            .progressConsumer(notification -> progress.add(notification.progress()))
            .build();
    client.initialize();
  }

  @AfterEach
  void stop() {
    client.closeGracefully();
    server.close();
  }

  @Test
  void hasTheToolsThatTheDocumentsName() {
    assertThat(client.listTools().tools())
        .extracting(Tool::name)
        .containsExactlyInAnyOrder("echo", "add", "whoami", "count", "ask", "summarize");
  }

  @Test
  void toolsAnswer() {
    assertThat(call("echo", Map.of("message", "hi"))).isEqualTo("Echo: hi");
    assertThat(call("add", Map.of("a", 2, "b", 3.5))).isEqualTo("5.5");
    assertThat(call("add", Map.of("a", 2, "b", 3))).isEqualTo("5");
    assertThat(call("whoami", Map.of())).isEqualTo("host: 127.0.0.1:" + server.port() + "\n");
    assertThat(call("ask", Map.of())).isEqualTo("Hello, Ada.");
    assertThat(call("summarize", Map.of("text", "long"))).isEqualTo("In short.");
  }

  @Test
  void countReportsProgress() {
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder("count")
                .arguments(Map.of("to", 3, "delayMillis", 1))
                .progressToken("p")
                .build());

    assertThat(text(result)).isEqualTo("Counted to 3.");
    // The client gives notifications to another thread, so they may come after the result.
    await().untilAsserted(() -> assertThat(progress).containsExactlyInAnyOrder(1.0, 2.0, 3.0));
  }

  @Test
  void resourcesAndPromptsAnswer() {
    var note = client.readResource(ReadResourceRequest.builder("note://square/12").build());
    assertThat(((TextResourceContents) note.contents().getFirst()).text()).isEqualTo("144");
    assertThat(client.listResources().resources()).hasSize(1);

    var prompt =
        client.getPrompt(
            GetPromptRequest.builder("greet").arguments(Map.of("name", "Ada")).build());
    assertThat(((TextContent) prompt.messages().getFirst().content()).text()).contains("Ada");
  }

  @Test
  void foreignOriginIsRefused() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/mcp"))
              .header("Origin", "https://edge.example")
              .header("Accept", "application/json, text/event-stream")
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();

      assertThat(http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(403);
    }
  }

  private String call(String tool, Map<String, Object> arguments) {
    return text(client.callTool(CallToolRequest.builder(tool).arguments(arguments).build()));
  }

  private static String text(CallToolResult result) {
    assertThat(result.isError()).isNotEqualTo(true);
    return ((TextContent) result.content().getFirst()).text();
  }
}
