/** Takes MCP servers over from the files of MCP clients into agent.yaml. */
@NullMarked
package dev.doorward.agent.imports;

import org.jspecify.annotations.NullMarked;
