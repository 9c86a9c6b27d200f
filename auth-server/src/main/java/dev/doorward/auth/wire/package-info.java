/** What an edge and an auth-server that is a process of its own say to each other. */
@NullMarked
package dev.doorward.auth.wire;

import org.jspecify.annotations.NullMarked;
