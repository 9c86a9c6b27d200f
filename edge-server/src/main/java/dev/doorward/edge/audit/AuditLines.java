package dev.doorward.edge.audit;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.edge.reply.IsoTime;
import dev.doorward.edge.reply.Json;
import java.util.TreeMap;

/** One event as one line of JSON; text of others is escaped, so that a line stays a line. */
final class AuditLines {
  private AuditLines() {}

  static void append(StringBuilder out, AuditEvent event) {
    out.append("{\"at\":\"");
    IsoTime.append(out, event.at());
    out.append('"');
    switch (event) {
      case AuditEvent.CallStarted e -> {
        text(out, "event", "call_started");
        text(out, "call", e.call());
        text(out, "service", e.service());
        text(out, "agent", e.agent());
        text(out, "subject", e.subject());
        text(out, "person", e.person());
        text(out, "client", e.client());
        text(out, "remote", e.remote());
        text(out, "http", e.httpMethod());
        text(out, "mcp", e.mcpMethod());
        text(out, "name", e.mcpName());
      }
      case AuditEvent.CallFinished e -> {
        text(out, "event", "call_finished");
        text(out, "call", e.call());
        number(out, "status", e.status());
        text(out, "reason", e.reason());
        number(out, "in", e.bytesIn());
        number(out, "out", e.bytesOut());
        number(out, "micros", e.micros());
      }
      case AuditEvent.CallDenied e -> {
        text(out, "event", "call_denied");
        text(out, "call", e.call());
        text(out, "service", e.service());
        text(out, "subject", e.subject());
        text(out, "remote", e.remote());
        text(out, "reason", e.reason());
      }
      case AuditEvent.Noted e -> {
        text(out, "event", e.event());
        new TreeMap<>(e.fields()).forEach((name, value) -> text(out, name, value));
      }
    }
    out.append("}\n");
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(',');
    Json.append(out, name);
    out.append(':');
    Json.append(out, value);
  }

  private static void number(StringBuilder out, String name, long value) {
    out.append(",\"").append(name).append("\":").append(value);
  }
}
