/** Asks the checks, cheap first, and gives a permit or says why not. */
@NullMarked
package dev.doorward.policy.engine;

import org.jspecify.annotations.NullMarked;
