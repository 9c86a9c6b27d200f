/** Tests of TLS with real sockets. */
@NullMarked
package dev.doorward.transport.tls;

import org.jspecify.annotations.NullMarked;
