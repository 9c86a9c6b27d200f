package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls through edge, link and agent to an MCP server and back, good ones and bad ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallsIT {
  private static final String INVALID_TOKEN = "error=\"invalid_token\"";

  private final Queue<Long> progressAt = new ConcurrentLinkedQueue<>();
  private House house;
  private McpSyncClient client;

  @BeforeAll
  void open() throws Exception {
    house = new House("it-calls");
    client =
        house
            .client()
            .capabilities(ClientCapabilities.builder().elicitation().sampling().build())
            .elicitation(request ->
                new ElicitResult(ElicitResult.Action.ACCEPT, Map.<String, Object>of("name", "Ada")))
            .sampling(request ->
                CreateMessageResult.builder(Role.ASSISTANT, "In short.", "a-model").build())
            .progressConsumer(notification -> progressAt.add(System.nanoTime()))
            .build();
    client.initialize();
  }

  @AfterAll
  void close() throws Exception {
    client.closeGracefully();
    house.close();
    assertThat(house.logs()).doesNotContain("LEAK:");
  }

  @Test
  void toolsAreListedAndCalled() {
    assertThat(client.listTools().tools()).extracting(Tool::name).contains("echo", "add");
    assertThat(call("echo", Map.of("message", "through the door"))).contains("through the door");
    assertThat(call("add", Map.of("a", 40, "b", 2))).isEqualTo("42");
  }

  @Test
  void resourcesAreRead() {
    var note = client.readResource(ReadResourceRequest.builder("note://square/12").build());

    assertThat(((TextResourceContents) note.contents().getFirst()).text()).isEqualTo("144");
  }

  @Test
  void progressArrivesWhileTheCallRuns() {
    client.callTool(
        CallToolRequest.builder("count")
            .arguments(Map.of("to", 5, "delayMillis", 100))
            .progressToken("p")
            .build());
    long end = System.nanoTime();

    assertThat(progressAt).hasSize(5);
    assertThat(end - progressAt.element()).isGreaterThan(250_000_000L);
  }

  @Test
  void serverAsksThePersonAndTheModelOfTheClient() {
    assertThat(call("ask", Map.of())).isEqualTo("Hello, Ada.");
    assertThat(call("summarize", Map.of("text", "long"))).isEqualTo("In short.");
  }

  /** Invariant 5: who calls is told by the token alone, and the token stays outside. */
  @Test
  void serverLearnsWhoCallsAndNothingElse() {
    String seen = call("whoami", Map.of());

    assertThat(seen)
        .contains("doorward-person: demo")
        .contains("doorward-subject: ")
        .contains("doorward-client: ")
        .contains("doorward-call: ")
        .contains("host: 127.0.0.1:")
        .doesNotContain("root")
        .doesNotContain("authorization")
        .doesNotContain("cookie");
  }

  @Test
  void callWithoutTokenIsChallenged() throws Exception {
    HttpResponse<String> answer = house.post(house.resource(), "", House.LIST);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
        .startsWith("Bearer ")
        .contains(
            "resource_metadata=\""
                + house.issuer()
                + "/.well-known/oauth-protected-resource/demo/mcp\"");
    assertThat(answer.body()).contains("Unauthorized");
    assertThat(House.reason(answer)).isEqualTo("token_missing");
  }

  @Test
  void tokenIsForOneServiceOnly() throws Exception {
    HttpResponse<String> foreign = house.post(house.resource("other"), house.token(), House.LIST);

    assertThat(foreign.statusCode()).isEqualTo(401);
    assertThat(House.reason(foreign)).isEqualTo("token_audience_mismatch");
    assertThat(challenge(foreign)).contains(INVALID_TOKEN);

    // The same person may use the other service, with a token that is for it.
    String right = house.tokenFor("other");
    assertThat(house.post(house.resource("other"), right, House.LIST).statusCode())
        .isNotEqualTo(401);
    assertThat(house.post(house.resource(), right, House.LIST).statusCode()).isEqualTo(401);
  }

  @Test
  void tamperedTokenIsRefused() throws Exception {
    String[] parts = house.token().split("\\.", -1);
    String payload =
        new StringBuilder(parts[1]).replace(8, 9, flipped(parts[1].charAt(8))).toString();
    String signature =
        new StringBuilder(parts[2]).replace(8, 9, flipped(parts[2].charAt(8))).toString();
    for (String token :
        List.of(
            parts[0] + "." + payload + "." + parts[2],
            parts[0] + "." + parts[1] + "." + signature,
            parts[0] + "." + parts[1] + ".",
            "eyJhbGciOiJub25lIn0." + parts[1] + ".",
            "abc")) {
      HttpResponse<String> answer = house.post(house.resource(), token, House.LIST);

      assertThat(answer.statusCode()).as(token).isEqualTo(401);
      assertThat(challenge(answer)).contains(INVALID_TOKEN);
      assertThat(answer.body()).doesNotContain(token);
    }
  }

  @Test
  void tokenInTheQueryIsRefused() throws Exception {
    HttpResponse<String> answer =
        house.post(house.resource() + "?access_token=" + house.token(), "", House.LIST);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(House.reason(answer)).isEqualTo("token_in_query");
  }

  /** Invariant 7: what is hidden and what is not there look the same. */
  @Test
  void unknownServiceLooksLikeAnyOther() throws Exception {
    HttpResponse<String> unknown = house.post(house.resource("nothing"), "", House.LIST);
    HttpResponse<String> known = house.post(house.resource("other"), "", House.LIST);

    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(unknown.body()).isEqualTo(known.body());
    assertThat(challenge(unknown).replace("/nothing/", "/other/")).isEqualTo(challenge(known));
    String metadata = house.issuer() + "/.well-known/oauth-protected-resource/";
    HttpResponse<String> document = house.get(metadata + "nothing/mcp");
    assertThat(document.statusCode()).isEqualTo(200);
    assertThat(document.body().replace("/nothing/", "/other/"))
        .isEqualTo(house.get(metadata + "other/mcp").body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                                                        | json_malformed",
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\"} x                 | json_malformed",
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"method\":\"b\"}  | json_duplicate_key",
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"Method\":\"b\"}  | json_duplicate_key",
        "{\"a\":1}                                                | mcp_not_a_message",
      })
  void bodyThatIsNoMessageIsRefused(String body, String reason) throws Exception {
    HttpResponse<String> answer = house.post(house.resource(), house.token(), body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(House.reason(answer)).isEqualTo(reason);
  }

  @Test
  void bodyThatIsTooDeepIsRefused() throws Exception {
    String body =
        "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":{\"x\":"
            + "[".repeat(70)
            + "]".repeat(70)
            + "}}";

    HttpResponse<String> answer = house.post(house.resource(), house.token(), body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(House.reason(answer)).isEqualTo("json_too_deep");
  }

  @Test
  void bodyThatIsTooLargeIsRefused() throws Exception {
    HttpResponse<String> answer =
        house.post(house.resource(), house.token(), " ".repeat((4 << 20) + 1));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(House.reason(answer)).isEqualTo("http_body_too_large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-06-18", "2025-11-25"})
  void batchIsRefusedWhereTheRevisionHasNone(String revision) throws Exception {
    HttpResponse<String> answer =
        house.post(
            house.resource(),
            house.token(),
            "[" + House.LIST + "]",
            "MCP-Protocol-Version",
            revision);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(House.reason(answer)).isEqualTo("mcp_batch_refused");
  }

  @Test
  void headersThatDifferFromTheBodyAreRefused() throws Exception {
    String body =
        """
        {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo",
         "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}\
        """;

    HttpResponse<String> answer =
        house.post(
            house.resource(),
            house.token(),
            body,
            "MCP-Protocol-Version",
            "2026-07-28",
            "Mcp-Method",
            "tools/call",
            "Mcp-Name",
            "add");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("-32020").contains("\"id\":7");
  }

  @Test
  void unknownHostIsRefused() throws Exception {
    String answer = RawRequest.send(house, "evil.example", "/demo/mcp");

    assertThat(answer).startsWith("HTTP/1.1 421").contains("http_host_mismatch");
  }

  @Test
  void foreignOriginIsRefused() throws Exception {
    HttpResponse<String> answer =
        house.post(house.resource(), house.token(), House.LIST, "Origin", "https://evil.example");

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(House.reason(answer)).isEqualTo("http_origin_refused");
  }

  @Test
  void serviceWhoseServerIsDownAnswers502() throws Exception {
    HttpResponse<String> answer =
        house.post(house.resource("down"), house.tokenFor("down"), House.LIST);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(House.reason(answer)).isEqualTo("backend_unreachable");
  }

  private String call(String tool, Map<String, Object> arguments) {
    CallToolResult result =
        client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
    assertThat(result.isError()).isNotEqualTo(true);
    return ((TextContent) result.content().getFirst()).text();
  }

  private static String challenge(HttpResponse<String> answer) {
    return answer.headers().firstValue("WWW-Authenticate").orElseThrow();
  }

  private static String flipped(char c) {
    return c == 'A' ? "B" : "A";
  }
}
