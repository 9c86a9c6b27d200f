/** The public side of HTTP: one hazard, one check or handler; both versions share what follows. */
@NullMarked
package dev.doorward.transport.http;

import org.jspecify.annotations.NullMarked;
