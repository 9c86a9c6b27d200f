package dev.doorward.common.mcp;

/** JSON-RPC error codes of the specification that a gateway may answer with itself. */
public final class McpErrorCode {
  /** The body is no JSON. */
  public static final int PARSE_ERROR = -32700;

  /** The body is JSON, but no message. */
  public static final int INVALID_REQUEST = -32600;

  /** Headers and body disagree (2026-07-28). */
  public static final int HEADER_MISMATCH = -32020;

  /** The revision is not supported; {@code data.supported} lists those that are (2026-07-28). */
  public static final int UNSUPPORTED_PROTOCOL_VERSION = -32022;

  private McpErrorCode() {}
}
