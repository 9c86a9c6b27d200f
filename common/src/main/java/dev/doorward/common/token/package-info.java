/** Access tokens and their verification: pure functions of token, keys, audience and time. */
@NullMarked
package dev.doorward.common.token;

import org.jspecify.annotations.NullMarked;
