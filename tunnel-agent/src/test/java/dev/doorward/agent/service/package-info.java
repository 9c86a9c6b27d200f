/** Tests of the agent's last word. */
@NullMarked
package dev.doorward.agent.service;

import org.jspecify.annotations.NullMarked;
