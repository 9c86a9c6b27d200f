/** How a line of the log is written, the same in every process. */
@NullMarked
package dev.doorward.transport.log;

import org.jspecify.annotations.NullMarked;
