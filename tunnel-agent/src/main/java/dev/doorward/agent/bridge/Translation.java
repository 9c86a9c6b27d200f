package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpRevision;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Between the eras of MCP: what a server of an older revision says, as a client of 2026-07-28 wants
 * to hear it. Pure.
 */
final class Translation {
  /** Results that say how long they may be kept (2026-07-28, server/utilities/caching). */
  private static final Set<String> CACHEABLE =
      Set.of(
          "tools/list",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/read");

  private static final String COMPLETE = "\"resultType\":\"complete\"";
  private static final String NOT_KEPT = ",\"ttlMs\":0,\"cacheScope\":\"private\"";

  private Translation() {}

  /** Parameters of initialize; the bridge can do nothing for a server. */
  static String initializeParams(String version) {
    return "{\"protocolVersion\":\""
        + Lane.legacy()
        + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"doorward-agent\",\"version\":\""
        + plain(version)
        + "\"}}";
  }

  /** Parameters of server/discover. */
  static String discoverParams(String version) {
    return "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\""
        + McpRevision.R2026_07_28.text()
        + "\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"doorward-agent\",\"version\":\""
        + plain(version)
        + "\"},\"io.modelcontextprotocol/clientCapabilities\":{}}}";
  }

  private static String plain(String text) {
    return text.replaceAll("[^A-Za-z0-9.+_-]", "_");
  }

  /** Whether an answer to server/discover names the revision that is spoken with modern clients. */
  static boolean namesModern(Envelope answer) {
    return members(answer)
        .getOrDefault("supportedVersions", "")
        .contains("\"" + McpRevision.R2026_07_28.text() + "\"");
  }

  /** The members of a result, each as it is written. */
  static Map<String, String> members(Envelope answer) {
    Map<String, String> all = new LinkedHashMap<>();
    Span result = answer.result();
    if (result != null) {
      JsonScan scan = new JsonScan(answer.json());
      if (scan.isObject(result.from())) {
        scan.members(
            result.from(), (name, from, to) -> all.put(name, answer.text(new Span(from, to))));
      }
    }
    return all;
  }

  /** What a legacy server's answer to initialize is as an answer to server/discover. */
  static byte[] discovered(String id, Envelope initialized) {
    Map<String, String> said = members(initialized);
    StringBuilder result =
        new StringBuilder("{" + COMPLETE + NOT_KEPT + ",\"supportedVersions\":[\"")
            .append(McpRevision.R2026_07_28.text())
            .append("\"],\"capabilities\":")
            .append(capabilities(said.getOrDefault("capabilities", "{}")));
    if (said.containsKey("instructions")) {
      result.append(",\"instructions\":").append(said.get("instructions"));
    }
    if (said.containsKey("serverInfo")) {
      result
          .append(",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":")
          .append(said.get("serverInfo"))
          .append('}');
    }
    return Messages.result(id, result.append('}').toString());
  }

  /** Without what cannot be had from here: tasks of 2025-11-25, and messages for the log. */
  private static String capabilities(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    JsonScan scan = new JsonScan(bytes);
    if (!scan.isObject(0)) {
      return "{}";
    }
    StringBuilder kept = new StringBuilder("{");
    scan.members(
        0,
        (name, from, to) -> {
          if (!name.equals("tasks") && !name.equals("logging")) {
            kept.append(kept.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(new String(bytes, from, to - from, StandardCharsets.UTF_8));
          }
        });
    return kept.append('}').toString();
  }

  /** The answer to a legacy client's initialize, in the revision that it asked for if need be. */
  static byte[] initialized(String id, String asked, Envelope opening) {
    Span result = opening.result();
    Span[] version = new Span[1];
    if (result != null) {
      new JsonScan(opening.json())
          .members(
              result.from(),
              (name, from, to) -> {
                if (name.equals("protocolVersion")) {
                  version[0] = new Span(from, to);
                }
              });
    }
    String has = opening.text(version[0]).replace("\"", "");
    boolean older = McpRevision.parse(asked).isPresent() && asked.compareTo(has) < 0;
    return opening.with(
        new Envelope.Edit(opening.id(), id),
        new Envelope.Edit(older ? version[0] : null, "\"" + asked + "\""));
  }

  /** Passes answers of a legacy server on to a modern client. */
  static Sink modern(String method, String serverInfo, Sink client) {
    return new Sink() {
      @Override
      public void before(byte[] json) {
        client.before(json);
      }

      @Override
      public void answer(byte[] answer, int errorCode) {
        client.answer(errorCode == 0 ? completed(method, serverInfo, answer) : answer, errorCode);
      }

      @Override
      public void lost(String id, Reason reason) {
        client.lost(id, reason);
      }
    };
  }

  /** The result, with what 2026-07-28 wants of every result. */
  static byte[] completed(String method, String serverInfo, byte[] answer) {
    JsonScan scan = new JsonScan(answer);
    int[] at = {-1};
    Set<String> names = new java.util.HashSet<>();
    scan.members(
        scan.blank(0),
        (name, from, to) -> {
          if (name.equals("result") && scan.isObject(from)) {
            at[0] = from + 1;
            scan.members(from, (inner, start, end) -> names.add(inner));
          }
        });
    if (at[0] < 0) {
      return answer;
    }
    StringBuilder added = new StringBuilder();
    if (!names.contains("resultType")) {
      added.append(COMPLETE);
    }
    if (CACHEABLE.contains(method) && !names.contains("ttlMs") && !names.contains("cacheScope")) {
      added.append(added.isEmpty() ? NOT_KEPT.substring(1) : NOT_KEPT);
    }
    if (!names.contains("_meta") && !serverInfo.isEmpty()) {
      added
          .append(added.isEmpty() ? "" : ",")
          .append("\"_meta\":{\"io.modelcontextprotocol/serverInfo\":")
          .append(serverInfo)
          .append('}');
    }
    if (added.isEmpty()) {
      return answer;
    }
    if (!names.isEmpty()) {
      added.append(',');
    }
    byte[] insert = added.toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[answer.length + insert.length];
    System.arraycopy(answer, 0, all, 0, at[0]);
    System.arraycopy(insert, 0, all, at[0], insert.length);
    System.arraycopy(answer, at[0], all, at[0] + insert.length, answer.length - at[0]);
    return all;
  }
}
