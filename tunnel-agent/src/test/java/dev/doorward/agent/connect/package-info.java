/** Tests of the connector without sockets. */
@NullMarked
package dev.doorward.agent.connect;

import org.jspecify.annotations.NullMarked;
