/** The operator's socket: its API and its client. */
@NullMarked
package dev.doorward.edge.admin;

import org.jspecify.annotations.NullMarked;
