/** The agent's process: command line, start and stop, status over a unix socket. */
@NullMarked
package dev.doorward.agent.main;

import org.jspecify.annotations.NullMarked;
