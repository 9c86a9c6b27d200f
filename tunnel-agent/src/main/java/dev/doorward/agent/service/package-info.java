/** The agent's last word: which services there are, and whether a caller's token holds. */
@NullMarked
package dev.doorward.agent.service;

import org.jspecify.annotations.NullMarked;
