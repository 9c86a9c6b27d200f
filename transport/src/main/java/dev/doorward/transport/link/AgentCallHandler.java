package dev.doorward.transport.link;

/** Serves the calls that come over an agent's links. */
@FunctionalInterface
public interface AgentCallHandler {
  /**
   * A call has come. Called on the link's loop; everything about this call, both ways, stays on
   * that loop. Nothing of the request was read yet; {@link AgentReply#fail} may be called at once.
   *
   * @return takes what comes next of the call
   */
  AgentCall begin(CallHead head, AgentReply reply);
}
