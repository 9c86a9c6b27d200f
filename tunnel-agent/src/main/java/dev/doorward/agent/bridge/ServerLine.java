package dev.doorward.agent.bridge;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;

/** A way to one MCP server that carries a message at a time, both ways. Safe on any thread. */
interface ServerLine {
  /** Sends a message of one line; false where too much waits, or the line ends. */
  boolean send(byte[] message);

  /** Ends it; its listener hears when. */
  void stop();

  /** What is heard on a line; one call after the other. */
  interface Listener {
    /** A message, or what the server took for one. */
    void onMessage(byte[] message);

    /** The line has ended; the last call. */
    void onEnd(Reason reason, String text);
  }

  /** Opens lines. */
  interface Source {
    /** A new line; refused with the problem that calls end with. May block for milliseconds. */
    Outcome<ServerLine> open(Listener listener);
  }
}
