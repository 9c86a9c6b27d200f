/** Turns names and ports into open connections, each within one deadline. */
@NullMarked
package dev.doorward.agent.dial;

import org.jspecify.annotations.NullMarked;
