/** The configuration of the agent, agent.yaml. */
@NullMarked
package dev.doorward.config.agent;

import org.jspecify.annotations.NullMarked;
