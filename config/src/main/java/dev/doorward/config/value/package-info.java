/**
 * What a configuration key can hold: times, sizes, addresses, origins, and how they are written.
 */
@NullMarked
package dev.doorward.config.value;

import org.jspecify.annotations.NullMarked;
