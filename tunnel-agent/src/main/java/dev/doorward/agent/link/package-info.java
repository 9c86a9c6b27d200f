/** The agent's links: dialling, back-off, replacement, status. */
@NullMarked
package dev.doorward.agent.link;

import org.jspecify.annotations.NullMarked;
