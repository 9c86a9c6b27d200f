/** Tests of the link with real sockets. */
@NullMarked
package dev.doorward.transport.link;

import org.jspecify.annotations.NullMarked;
