/** Expected outcomes as values: stable reason codes and text that may be shown. */
@NullMarked
package dev.doorward.common.outcome;

import org.jspecify.annotations.NullMarked;
