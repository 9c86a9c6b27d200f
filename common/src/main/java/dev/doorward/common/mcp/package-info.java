/**
 * What the gateway reads of MCP: messages, revisions, headers, event streams. Strict and bounded.
 */
@NullMarked
package dev.doorward.common.mcp;

import org.jspecify.annotations.NullMarked;
