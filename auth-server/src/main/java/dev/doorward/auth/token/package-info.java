/** Grants, codes, access and refresh tokens, revocation, signing keys and their rotation. */
@NullMarked
package dev.doorward.auth.token;

import org.jspecify.annotations.NullMarked;
