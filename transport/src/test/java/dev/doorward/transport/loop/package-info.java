/** Tests of the event loops. */
@NullMarked
package dev.doorward.transport.loop;

import org.jspecify.annotations.NullMarked;
