package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the messages of one body from a parser, once. Every object on the way, however deep, is
 * searched for duplicate keys; where a key decides what the message means, a key that differs from
 * it in case only is refused as well, because some servers would take one for the other.
 */
final class MessageReader {
  private static final Set<String> TOP =
      Set.of("jsonrpc", "id", "method", "params", "result", "error");
  private static final Set<String> PARAMS =
      Set.of("_meta", "name", "uri", "taskId", "arguments", "inputResponses", "requestState");
  private static final String VERSION = "io.modelcontextprotocol/protocolVersion";
  private static final Set<String> META = Set.of(VERSION, "progressToken");

  private final JsonParser parser;
  private final PeekLimits limits;
  private final @Nullable KeysSeen[] levels;
  private int depth;

  // What the message at hand has said so far.
  private boolean version;
  private boolean idSeen;
  private @Nullable MessageId id;
  private @Nullable String method;
  private boolean result;
  private boolean error;
  private final Text name = new Text();
  private final Text uri = new Text();
  private final Text task = new Text();
  private final Text metaVersion = new Text();
  private @Nullable MessageId progressToken;

  /** A value that means something only where it is a string. */
  private static final class Text {
    private @Nullable String value;
    private boolean wrongType;

    void clear() {
      value = null;
      wrongType = false;
    }

    @Nullable String require() {
      if (wrongType) {
        throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
      }
      return value;
    }
  }

  MessageReader(JsonParser parser, PeekLimits limits) {
    this.parser = parser;
    this.limits = limits;
    this.levels = new KeysSeen[limits.depth() + 1];
  }

  /** The whole body; throws {@link Refusal} or what the parser throws. */
  McpMessage readAll() {
    JsonToken first = parser.nextToken();
    McpMessage message =
        switch (first) {
          case START_OBJECT -> readMessage();
          case START_ARRAY -> readBatch();
          case null -> throw Refusal.of(Reason.JSON_MALFORMED);
          default -> throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
        };
    if (parser.nextToken() != null) {
      throw Refusal.of(Reason.JSON_MALFORMED);
    }
    return message;
  }

  private McpMessage readBatch() {
    enter();
    List<McpMessage> messages = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      if (messages.size() == limits.batch()) {
        throw Refusal.of(Reason.JSON_TOO_LARGE);
      }
      if (t != JsonToken.START_OBJECT) {
        throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
      }
      messages.add(readMessage());
    }
    depth--;
    if (messages.isEmpty()) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    return new McpMessage.Batch(messages);
  }

  private McpMessage readMessage() {
    clear();
    KeysSeen keys = enterObject();
    for (String key = nextKey(keys, TOP); key != null; key = nextKey(keys, TOP)) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "jsonrpc" ->
            version = value == JsonToken.VALUE_STRING && parser.getString().equals("2.0");
        case "id" -> {
          idSeen = true;
          id = value == JsonToken.VALUE_NULL ? null : readId(value);
        }
        case "method" -> method = readMethod(value);
        case "params" -> readParams(value);
        case "result" -> {
          result = true;
          skipValue(value);
        }
        case "error" -> {
          error = true;
          skipValue(value);
        }
        default -> skipValue(value);
      }
    }
    depth--;
    return message();
  }

  private void clear() {
    version = false;
    idSeen = false;
    id = null;
    method = null;
    result = false;
    error = false;
    name.clear();
    uri.clear();
    task.clear();
    metaVersion.clear();
    progressToken = null;
  }

  private McpMessage message() {
    MessageId given = id;
    String called = method;
    if (!version || (result && error) || (called != null && (result || error))) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    if (called != null) {
      if (!idSeen) {
        return new McpMessage.Notification(called, metaVersion.require());
      }
      if (given == null) {
        throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
      }
      return new McpMessage.Request(
          given, called, target(called), metaVersion.require(), progressToken);
    }
    if (!idSeen || (given == null && !error) || (!result && !error)) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    return new McpMessage.Response(given, error);
  }

  private @Nullable String target(String called) {
    return switch (called) {
      case "tools/call", "prompts/get" -> name.require();
      case "resources/read", "resources/subscribe", "resources/unsubscribe" -> uri.require();
      default -> called.startsWith("tasks/") ? task.require() : null;
    };
  }

  private String readMethod(JsonToken value) {
    if (value != JsonToken.VALUE_STRING || parser.getStringLength() == 0) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    if (parser.getStringLength() > limits.methodChars()) {
      throw Refusal.of(Reason.JSON_TOO_LARGE);
    }
    return parser.getString();
  }

  private MessageId readId(JsonToken value) {
    boolean number = value == JsonToken.VALUE_NUMBER_INT || value == JsonToken.VALUE_NUMBER_FLOAT;
    if (!number && value != JsonToken.VALUE_STRING) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    if (parser.getStringLength() > limits.methodChars()) {
      throw Refusal.of(Reason.JSON_TOO_LARGE);
    }
    return new MessageId(parser.getString(), number);
  }

  private void readParams(JsonToken first) {
    if (first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      throw Refusal.of(Reason.MCP_NOT_A_MESSAGE);
    }
    KeysSeen keys = enterObject();
    for (String key = nextKey(keys, PARAMS); key != null; key = nextKey(keys, PARAMS)) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case "name" -> readText(value, name);
        case "uri" -> readText(value, uri);
        case "taskId" -> readText(value, task);
        case "_meta" -> readMeta(value);
        default -> skipValue(value);
      }
    }
    depth--;
  }

  private void readMeta(JsonToken first) {
    if (first != JsonToken.START_OBJECT) {
      skipValue(first);
      return;
    }
    KeysSeen keys = enterObject();
    for (String key = nextKey(keys, META); key != null; key = nextKey(keys, META)) {
      JsonToken value = parser.nextToken();
      switch (key) {
        case VERSION -> readText(value, metaVersion);
        case "progressToken" ->
            progressToken = value == JsonToken.VALUE_NULL ? null : readId(value);
        default -> skipValue(value);
      }
    }
    depth--;
  }

  private void readText(JsonToken value, Text into) {
    if (value == JsonToken.VALUE_STRING) {
      into.value = parser.getString();
    } else {
      into.wrongType = true;
      skipValue(value);
    }
  }

  /** Goes to the end of the value that starts with the current token, checking all within. */
  private void skipValue(JsonToken first) {
    if (first == JsonToken.START_OBJECT) {
      KeysSeen keys = enterObject();
      while (nextKey(keys, Set.of()) != null) {
        skipValue(parser.nextToken());
      }
      depth--;
    } else if (first == JsonToken.START_ARRAY) {
      enter();
      for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
        skipValue(t);
      }
      depth--;
    }
  }

  private void enter() {
    if (++depth > limits.depth()) {
      throw Refusal.of(Reason.JSON_TOO_DEEP);
    }
  }

  private KeysSeen enterObject() {
    enter();
    KeysSeen keys = levels[depth];
    if (keys == null) {
      keys = new KeysSeen();
      levels[depth] = keys;
    } else {
      keys.clear();
    }
    return keys;
  }

  /** The next key, or null at the end of the object. */
  private @Nullable String nextKey(KeysSeen keys, Set<String> exact) {
    String key = parser.nextName();
    if (key == null) {
      return null;
    }
    if (!keys.add(key)) {
      throw Refusal.of(Reason.JSON_DUPLICATE_KEY);
    }
    if (!exact.isEmpty() && !exact.contains(key)) {
      for (String important : exact) {
        if (important.equalsIgnoreCase(key)) {
          throw Refusal.of(Reason.JSON_DUPLICATE_KEY);
        }
      }
    }
    return key;
  }
}
