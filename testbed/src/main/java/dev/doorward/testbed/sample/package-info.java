/** The sample MCP server: a little of everything that MCP has, on the MCP Java SDK. */
@NullMarked
package dev.doorward.testbed.sample;

import org.jspecify.annotations.NullMarked;
