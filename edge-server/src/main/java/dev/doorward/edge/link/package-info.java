/** Links of agents: the registry, the choice of one, the way of a permitted call over it. */
@NullMarked
package dev.doorward.edge.link;

import org.jspecify.annotations.NullMarked;
