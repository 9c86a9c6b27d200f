/** Tests of log lines. */
@NullMarked
package dev.doorward.transport.log;

import org.jspecify.annotations.NullMarked;
