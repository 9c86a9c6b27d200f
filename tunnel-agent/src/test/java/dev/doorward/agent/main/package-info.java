/** The agent as a whole, against a fake edge and fake servers on real sockets. */
@NullMarked
package dev.doorward.agent.main;

import org.jspecify.annotations.NullMarked;
