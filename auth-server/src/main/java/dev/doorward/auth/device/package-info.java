/** The device authorization grant (RFC 8628): for programs without a browser of their own. */
@NullMarked
package dev.doorward.auth.device;

import org.jspecify.annotations.NullMarked;
