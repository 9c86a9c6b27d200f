package dev.doorward.agent.connect;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.agent.AgentLimits;
import dev.doorward.config.agent.ServiceConfig;

/** Makes the ways to the services that agent.yaml names. Blocks on files. */
@FunctionalInterface
public interface Connectors {
  /** The way to one service; refused where what the file names for it cannot be used. */
  Outcome<Connector> make(ServiceName name, ServiceConfig service, AgentLimits limits);
}
