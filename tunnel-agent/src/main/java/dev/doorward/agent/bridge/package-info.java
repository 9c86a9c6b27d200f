/** Offers MCP servers that speak one message at a time, such as commands, as streamable HTTP. */
@NullMarked
package dev.doorward.agent.bridge;

import org.jspecify.annotations.NullMarked;
