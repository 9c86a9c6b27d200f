/** Tests of the control messages. */
@NullMarked
package dev.doorward.transport.link.control;

import org.jspecify.annotations.NullMarked;
