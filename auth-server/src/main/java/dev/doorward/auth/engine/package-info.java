/** The authorization server as a library: AuthCall in, AuthReply out; no Netty types. */
@NullMarked
package dev.doorward.auth.engine;

import org.jspecify.annotations.NullMarked;
