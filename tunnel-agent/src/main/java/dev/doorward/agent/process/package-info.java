/** Processes that the agent runs: how they start, how they end, and that none outlives it. */
@NullMarked
package dev.doorward.agent.process;

import org.jspecify.annotations.NullMarked;
