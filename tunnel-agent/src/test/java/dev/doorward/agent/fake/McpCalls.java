package dev.doorward.agent.fake;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.EdgeLink;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An MCP client of one person, over a link, at one service. */
public final class McpCalls {
  private final EdgeLink link;
  private final String service;
  private final String token;

  /** A client of {@code person}. */
  public McpCalls(FakeEdge edge, EdgeLink link, String service, String person) {
    this.link = link;
    this.service = service;
    this.token =
        edge.authority.token(
            Map.of(
                "aud",
                FakeAuthority.ISSUER.resourceOf(new ServiceName(service)).value(),
                "sub",
                person));
  }

  /** Opens a call; {@code headers} are name, value, name, value. */
  public Answer open(String method, String path, String body, String... headers) {
    HttpHeaders all =
        new DefaultHttpHeaders()
            .set("accept", "application/json, text/event-stream")
            .set("content-type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      all.set(headers[i], headers[i + 1]);
    }
    if (method.equals("POST")) {
      all.set("content-length", body.getBytes(StandardCharsets.UTF_8).length);
    }
    Answer answer = Answer.open(link, service, token, method, path, all);
    if (method.equals("POST")) {
      answer.write(body, true);
    } else {
      answer.write("", true);
    }
    return answer;
  }

  /** A POST within a session. */
  public Answer post(String session, String body) {
    return open(
        "POST", "/mcp", body, "mcp-session-id", session, "mcp-protocol-version", "2025-11-25");
  }

  /** A request of 2026-07-28. */
  public Answer modern(int id, String method, String more) {
    return open(
        "POST",
        "/mcp",
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":{"
            + more
            + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}",
        "mcp-protocol-version",
        "2026-07-28",
        "mcp-method",
        method);
  }

  /** Sends initialize. */
  public Answer initialize() {
    return open(
        "POST",
        "/mcp",
        "{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":"
            + "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"elicitation\":{}},"
            + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
  }

  /** A session that is initialized; its id. */
  public String session() throws Exception {
    Answer answer = initialize().await();
    if (answer.status() != 200) {
      throw new AssertionError("initialize: " + answer.status() + " " + answer.reason());
    }
    String id = answer.headers().get("mcp-session-id");
    post(id, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").await();
    return id;
  }

  /** A request within a session, answered. */
  public String ask(String session, String id, String method) throws Exception {
    return post(session, request(id, method)).await().text();
  }

  /** A request without parameters; {@code id} is JSON. */
  public static String request(String id, String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\"}";
  }
}
