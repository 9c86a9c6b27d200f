package dev.doorward.agent.connect;

import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;

/** The way to one service's MCP server. */
public interface Connector extends AutoCloseable {
  /**
   * Passes a call on, on the loop of {@code reply}, and answers through it. Sends each request at
   * most once.
   */
  AgentCall open(VerifiedCall call, AgentReply reply);

  /** How the MCP server was when it was last tried. */
  BackendHealth health();

  /** Tries whether the MCP server is there, without a request; its health tells. */
  void probe();

  /** Lets idle connections go. */
  @Override
  void close();
}
