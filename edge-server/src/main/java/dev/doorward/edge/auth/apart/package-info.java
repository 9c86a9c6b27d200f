/** The edge's side of an auth-server that is a process of its own. */
@NullMarked
package dev.doorward.edge.auth.apart;

import org.jspecify.annotations.NullMarked;
