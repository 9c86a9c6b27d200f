package dev.doorward.common.mcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a POST carries, as far as the gateway needs to know it. */
public sealed interface McpMessage {

  /**
   * A JSON-RPC request.
   *
   * @param target what it is about: {@code params.name} of tools/call and prompts/get, {@code
   *     params.uri} of resources/read, subscribe and unsubscribe, {@code params.taskId} of tasks/*;
   *     null for other methods and where the key is missing
   * @param metaVersion {@code params._meta["io.modelcontextprotocol/protocolVersion"]}
   * @param progressToken {@code params._meta.progressToken}
   */
  record Request(
      MessageId id,
      String method,
      @Nullable String target,
      @Nullable String metaVersion,
      @Nullable MessageId progressToken)
      implements McpMessage {}

  /** A JSON-RPC notification. */
  record Notification(String method, @Nullable String metaVersion) implements McpMessage {}

  /**
   * A JSON-RPC response: the answer of a client to a request of the server (legacy era).
   *
   * @param id null where the error is about a message whose id could not be read
   */
  record Response(@Nullable MessageId id, boolean error) implements McpMessage {}

  /** A JSON-RPC batch, never empty, never nested. */
  record Batch(List<McpMessage> messages) implements McpMessage {
    /** Copies the list. */
    public Batch {
      messages = List.copyOf(messages);
    }
  }
}
