/** Where edges reach an auth-server that is a process of its own. */
@NullMarked
package dev.doorward.auth.port;

import org.jspecify.annotations.NullMarked;
