/** Tests of what is taken over from the files of MCP clients. */
@NullMarked
package dev.doorward.agent.imports;

import org.jspecify.annotations.NullMarked;
