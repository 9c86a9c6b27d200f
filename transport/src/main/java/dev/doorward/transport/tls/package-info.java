/** TLS: contexts, the choice among them by ClientHello, peer identity, live swap. */
@NullMarked
package dev.doorward.transport.tls;

import org.jspecify.annotations.NullMarked;
