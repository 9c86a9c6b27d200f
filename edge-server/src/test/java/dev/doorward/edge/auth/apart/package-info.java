/** Tests of the edge's side of an auth-server of its own. */
@NullMarked
package dev.doorward.edge.auth.apart;

import org.jspecify.annotations.NullMarked;
