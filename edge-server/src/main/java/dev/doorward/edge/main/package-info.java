/** The process: wiring, start, stop, and the command line. */
@NullMarked
package dev.doorward.edge.main;

import org.jspecify.annotations.NullMarked;
