/** How a process logs: the section that edge.yaml and agent.yaml share. */
@NullMarked
package dev.doorward.config.log;

import org.jspecify.annotations.NullMarked;
