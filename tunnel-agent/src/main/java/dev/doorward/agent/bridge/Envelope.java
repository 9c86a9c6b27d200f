package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.outcome.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One message on a single line, and where the parts of it are that a bridge reads or replaces; the
 * rest of it passes as it came. Not to be changed after it was made.
 */
final class Envelope {
  private static final String SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

  private final byte[] json;
  private final McpMessage message;
  private @Nullable Span id;
  private @Nullable Span result;
  private @Nullable Span params;
  private @Nullable Span token;
  private @Nullable Span requestId;
  private @Nullable Span subscription;
  private @Nullable Span uri;
  private @Nullable Span resultSubscription;
  private int errorCode;

  private Envelope(byte[] json, McpMessage message) {
    this.json = json;
    this.message = message;
    JsonScan scan = new JsonScan(json);
    scan.members(
        scan.blank(0),
        (name, from, to) -> {
          switch (name) {
            case "id" -> id = new Span(from, to);
            case "result" -> {
              result = new Span(from, to);
              result(scan, from);
            }
            case "params" -> {
              params = new Span(from, to);
              params(scan, from);
            }
            case "error" -> error(scan, from);
            default -> {}
          }
        });
  }

  private void params(JsonScan scan, int at) {
    if (!scan.isObject(at)) {
      return;
    }
    scan.members(
        at,
        (name, from, to) -> {
          switch (name) {
            case "_meta" -> meta(scan, from);
            case "progressToken" -> {
              if (message instanceof McpMessage.Notification) {
                token = new Span(from, to);
              }
            }
            case "requestId" -> requestId = new Span(from, to);
            case "uri" -> uri = new Span(from, to);
            default -> {}
          }
        });
  }

  private void result(JsonScan scan, int at) {
    if (!scan.isObject(at)) {
      return;
    }
    scan.members(
        at,
        (name, from, to) -> {
          if (name.equals("_meta") && scan.isObject(from)) {
            scan.members(
                from,
                (inner, start, end) -> {
                  if (inner.equals(SUBSCRIPTION)) {
                    resultSubscription = new Span(start, end);
                  }
                });
          }
        });
  }

  private void meta(JsonScan scan, int at) {
    if (!scan.isObject(at)) {
      return;
    }
    scan.members(
        at,
        (name, from, to) -> {
          if (name.equals("progressToken") && message instanceof McpMessage.Request) {
            token = new Span(from, to);
          } else if (name.equals(SUBSCRIPTION)) {
            subscription = new Span(from, to);
          }
        });
  }

  private void error(JsonScan scan, int at) {
    if (!scan.isObject(at)) {
      return;
    }
    scan.members(
        at,
        (name, from, to) -> {
          if (name.equals("code")) {
            try {
              errorCode =
                  Integer.parseInt(new String(json, from, to - from, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
              errorCode = -1;
            }
          }
        });
  }

  /** What bytes turn out to be. */
  sealed interface Read {
    /** Messages, one or, in a batch, several. */
    record Messages(List<Envelope> all, boolean batch) implements Read {
      /** Copies the list. */
      public Messages {
        all = List.copyOf(all);
      }
    }

    /** None that may be passed on. */
    record Refused(Reason reason) implements Read {}
  }

  /** Reads what came, strictly. Line breaks between values become spaces, in {@code json} too. */
  static Read read(McpPeek peek, byte[] json) {
    return switch (peek.peek(ByteBuffer.wrap(json))) {
      case McpPeek.Result.Refused(Reason reason) -> new Read.Refused(reason);
      case McpPeek.Result.Peeked(McpMessage message) -> {
        for (int i = 0; i < json.length; i++) {
          if (json[i] == '\n' || json[i] == '\r') {
            json[i] = ' '; // no string holds a bare one
          }
        }
        yield split(json, message);
      }
    };
  }

  private static Read split(byte[] json, McpMessage message) {
    try {
      if (!(message instanceof McpMessage.Batch(List<McpMessage> messages))) {
        return new Read.Messages(List.of(new Envelope(json, message)), false);
      }
      JsonScan scan = new JsonScan(json);
      List<Envelope> all = new ArrayList<>();
      scan.elements(
          scan.blank(0),
          (from, to) ->
              all.add(new Envelope(Arrays.copyOfRange(json, from, to), messages.get(all.size()))));
      return new Read.Messages(all, true);
    } catch (JsonScan.EscapedName e) {
      return new Read.Refused(Reason.MCP_NOT_A_MESSAGE);
    }
  }

  McpMessage message() {
    return message;
  }

  /** All of it; not to be changed. */
  byte[] json() {
    return json;
  }

  /** The method, or an empty text for a response. */
  String method() {
    return switch (message) {
      case McpMessage.Request request -> request.method();
      case McpMessage.Notification notification -> notification.method();
      case McpMessage.Response _, McpMessage.Batch _ -> "";
    };
  }

  /** The code of an error; 0 for anything else. */
  int errorCode() {
    return errorCode;
  }

  @Nullable Span id() {
    return id;
  }

  @Nullable Span result() {
    return result;
  }

  @Nullable Span params() {
    return params;
  }

  @Nullable Span token() {
    return token;
  }

  @Nullable Span requestId() {
    return requestId;
  }

  @Nullable Span subscription() {
    return subscription;
  }

  /** Where the result of a subscription repeats the id of its request. */
  @Nullable Span resultSubscription() {
    return resultSubscription;
  }

  @Nullable Span uri() {
    return uri;
  }

  /** A part as it is written; empty where there is none. */
  byte[] part(@Nullable Span span) {
    return span == null ? new byte[0] : Arrays.copyOfRange(json, span.from(), span.to());
  }

  /** A part as it is written, as text. */
  String text(@Nullable Span span) {
    return new String(part(span), StandardCharsets.UTF_8);
  }

  /** The message with parts replaced; a span that is null is left alone. */
  byte[] with(Edit... edits) {
    Map<Integer, Edit> sorted = new TreeMap<>();
    int length = json.length;
    for (Edit edit : edits) {
      Span span = edit.span();
      if (span != null) {
        sorted.put(span.from(), edit);
        length += edit.by().length - (span.to() - span.from());
      }
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    int at = 0;
    for (Edit edit : sorted.values()) {
      Span span = edit.span();
      if (span != null) {
        out.put(json, at, span.from() - at).put(edit.by());
        at = span.to();
      }
    }
    return out.put(json, at, json.length - at).array();
  }

  /** A part, and what takes its place. */
  record Edit(@Nullable Span span, byte[] by) {
    Edit(@Nullable Span span, String by) {
      this(span, by.getBytes(StandardCharsets.UTF_8));
    }
  }
}
