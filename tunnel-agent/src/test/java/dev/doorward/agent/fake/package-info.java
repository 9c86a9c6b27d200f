/** An edge and MCP servers for tests of the agent, good and hostile. */
@NullMarked
package dev.doorward.agent.fake;

import org.jspecify.annotations.NullMarked;
