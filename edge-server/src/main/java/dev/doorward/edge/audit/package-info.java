/** The record of calls on this machine's disk. */
@NullMarked
package dev.doorward.edge.audit;

import org.jspecify.annotations.NullMarked;
