/**
 * Walks the way from this host to the edge and to its MCP servers, and names the first failing hop.
 */
@NullMarked
package dev.doorward.agent.doctor;

import org.jspecify.annotations.NullMarked;
