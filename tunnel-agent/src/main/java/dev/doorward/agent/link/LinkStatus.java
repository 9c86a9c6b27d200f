package dev.doorward.agent.link;

import dev.doorward.common.outcome.Problem;
import java.time.Instant;
import java.util.Optional;

/**
 * How one link is at the moment.
 *
 * @param index which of the agent's links, from 0
 * @param since when it came into this state
 * @param rttMicros round trip of the last echo, or -1
 * @param lastProblem why the link, or the attempt, before this state ended
 */
public record LinkStatus(
    int index,
    State state,
    Instant since,
    String name,
    long rttMicros,
    int openCalls,
    Optional<Problem> lastProblem) {
  /** Where a link is in its life. */
  public enum State {
    /** Being dialled. */
    CONNECTING,
    /** Takes calls. */
    UP,
    /** Lost; dialled again soon. */
    WAITING,
    /** The agent has stopped. */
    STOPPED
  }
}
