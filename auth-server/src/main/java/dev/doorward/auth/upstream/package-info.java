/** Signing in with an account elsewhere: OpenID Connect, Google, GitHub. */
@NullMarked
package dev.doorward.auth.upstream;

import org.jspecify.annotations.NullMarked;
