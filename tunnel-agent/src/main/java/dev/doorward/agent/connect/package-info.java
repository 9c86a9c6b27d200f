/** How the agent reaches MCP servers. */
@NullMarked
package dev.doorward.agent.connect;

import org.jspecify.annotations.NullMarked;
