/** Sessions of MCP revisions before 2026-07-28. */
@NullMarked
package dev.doorward.edge.legacy;

import org.jspecify.annotations.NullMarked;
