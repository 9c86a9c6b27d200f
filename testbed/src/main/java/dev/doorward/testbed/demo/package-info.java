/** {@code doorward demo}: the whole way on one machine, as separate processes. */
@NullMarked
package dev.doorward.testbed.demo;

import org.jspecify.annotations.NullMarked;
