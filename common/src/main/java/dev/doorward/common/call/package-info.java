/** The small immutable picture of a call that every check reads. */
@NullMarked
package dev.doorward.common.call;

import org.jspecify.annotations.NullMarked;
