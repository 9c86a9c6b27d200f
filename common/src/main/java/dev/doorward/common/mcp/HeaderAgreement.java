package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the headers of a POST say the same as its body, by the rules of the revision. */
public sealed interface HeaderAgreement {

  /** They agree. */
  record Agreed(McpRevision revision) implements HeaderAgreement {}

  /**
   * They do not, and the request must not be forwarded: 400.
   *
   * @param reason mcp_header_mismatch, mcp_version_unsupported or mcp_batch_refused
   * @param text a sentence for the client, without echoed input
   */
  record Disagreed(Reason reason, String text) implements HeaderAgreement {}

  /**
   * Judges; pure. An absent version header means {@link McpRevision#WITHOUT_HEADER}, unless the
   * body itself names a revision, which then lacks its header (2026-07-28,
   * basic/transports/streamable-http, Server Validation). A body that names none where the header
   * does contradicts nothing: it is malformed in a way that the server answers, with -32602.
   * Mirrored headers of older revisions mean nothing and are not looked at.
   */
  static HeaderAgreement judge(McpHeaders headers, McpMessage message) {
    if (headers.repeated()) {
      return mismatch("An MCP header is repeated; send each of them once.");
    }
    String metaVersion = metaVersion(message);
    String version = headers.protocolVersion();
    if (version == null) {
      return metaVersion == null
          ? batchAllowed(McpRevision.WITHOUT_HEADER, message)
          : mismatch("The MCP-Protocol-Version header is missing, but the body names a revision.");
    }
    if (metaVersion != null && !metaVersion.equals(version)) {
      return mismatch("The MCP-Protocol-Version header and the body name different revisions.");
    }
    Optional<McpRevision> revision = McpRevision.parse(version);
    if (revision.isEmpty()) {
      return new Disagreed(
          Reason.MCP_VERSION_UNSUPPORTED, "This gateway does not know that revision of MCP.");
    }
    if (!revision.get().validatesHeaders()) {
      return batchAllowed(revision.get(), message);
    }
    return switch (message) {
      case McpMessage.Request request -> mirrored(headers, request, revision.get());
      case McpMessage.Notification notification ->
          headers.method() == null || headers.method().equals(notification.method())
              ? new Agreed(revision.get())
              : mismatch("The Mcp-Method header is not the method of the body.");
      case McpMessage.Response _ -> new Agreed(revision.get());
      case McpMessage.Batch _ -> batchAllowed(revision.get(), message);
    };
  }

  private static HeaderAgreement mirrored(
      McpHeaders headers, McpMessage.Request request, McpRevision revision) {
    if (!request.method().equals(headers.method())) {
      return mismatch("The Mcp-Method header is missing or is not the method of the body.");
    }
    boolean required =
        switch (request.method()) {
          case "tools/call", "prompts/get", "resources/read" -> true;
          default -> false;
        };
    String name = headers.name();
    if (name == null) {
      return required ? mismatch("The Mcp-Name header is missing.") : new Agreed(revision);
    }
    boolean comparable = required || request.target() != null;
    Optional<String> decoded = McpHeaders.decode(name);
    if (decoded.isEmpty() || (comparable && !decoded.get().equals(request.target()))) {
      return mismatch("The Mcp-Name header is not the name that the body has.");
    }
    return new Agreed(revision);
  }

  private static HeaderAgreement batchAllowed(McpRevision revision, McpMessage message) {
    if (message instanceof McpMessage.Batch && !revision.allowsBatch()) {
      return new Disagreed(
          Reason.MCP_BATCH_REFUSED, "This revision of MCP has no batches; send one message.");
    }
    return new Agreed(revision);
  }

  private static @Nullable String metaVersion(McpMessage message) {
    return switch (message) {
      case McpMessage.Request request -> request.metaVersion();
      case McpMessage.Notification notification -> notification.metaVersion();
      case McpMessage.Response _ -> null;
      case McpMessage.Batch batch -> {
        for (McpMessage inner : batch.messages()) {
          String version = metaVersion(inner);
          if (version != null) {
            yield version;
          }
        }
        yield null;
      }
    };
  }

  private static Disagreed mismatch(String text) {
    return new Disagreed(Reason.MCP_HEADER_MISMATCH, text);
  }
}
