/** Tests of the bridge: messages, sessions, and a server that is a command. */
@NullMarked
package dev.doorward.agent.bridge;

import org.jspecify.annotations.NullMarked;
