/** Tests of the processes that the agent runs. */
@NullMarked
package dev.doorward.agent.process;

import org.jspecify.annotations.NullMarked;
