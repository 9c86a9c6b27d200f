/** Which part of the edge a path belongs to. */
@NullMarked
package dev.doorward.edge.route;

import org.jspecify.annotations.NullMarked;
