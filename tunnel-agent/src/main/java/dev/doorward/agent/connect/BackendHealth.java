package dev.doorward.agent.connect;

/** How an MCP server was when it was last tried. */
public sealed interface BackendHealth {
  /** Not tried yet. */
  record Untried() implements BackendHealth {}

  /** It took a connection. */
  record Up() implements BackendHealth {}

  /** It took none; {@code text} is one sentence. */
  record Down(String text) implements BackendHealth {}
}
