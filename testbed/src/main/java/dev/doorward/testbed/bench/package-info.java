/** The benchmark: Doorward beside nginx in front of the same backend, in the same run. */
@NullMarked
package dev.doorward.testbed.bench;

import org.jspecify.annotations.NullMarked;
