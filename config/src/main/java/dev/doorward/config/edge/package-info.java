/** The configuration of the edge, edge.yaml. */
@NullMarked
package dev.doorward.config.edge;

import org.jspecify.annotations.NullMarked;
