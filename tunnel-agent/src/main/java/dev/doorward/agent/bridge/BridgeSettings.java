package dev.doorward.agent.bridge;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.agent.ProcessLimits;
import java.time.Duration;

/**
 * How one service is bridged.
 *
 * @param shared whether one line to the server serves all callers
 * @param headTimeout how long a client that takes no event stream waits for its answer
 * @param version of this agent, told to servers
 */
record BridgeSettings(
    ServiceName service,
    boolean shared,
    ProcessLimits limits,
    Duration headTimeout,
    String version) {
  /** Requests that may be open on one line. */
  static final int OPEN_REQUESTS = 1_024;

  /** How long an answer is waited for before an event stream is begun in its place. */
  static final Duration PATIENCE = Duration.ofSeconds(10);
}
