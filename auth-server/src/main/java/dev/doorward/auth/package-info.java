/** The authorization server put together: one class, one routing table. */
@NullMarked
package dev.doorward.auth;

import org.jspecify.annotations.NullMarked;
