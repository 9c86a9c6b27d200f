/** Tests of the agent's links without sockets. */
@NullMarked
package dev.doorward.agent.link;

import org.jspecify.annotations.NullMarked;
