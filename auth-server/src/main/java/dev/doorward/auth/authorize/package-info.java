/** The authorization endpoint: request checks, consent, codes. */
@NullMarked
package dev.doorward.auth.authorize;

import org.jspecify.annotations.NullMarked;
