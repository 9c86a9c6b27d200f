/** Personal access tokens: for clients without OAuth, and their exchange for short-lived JWTs. */
@NullMarked
package dev.doorward.auth.personal;

import org.jspecify.annotations.NullMarked;
