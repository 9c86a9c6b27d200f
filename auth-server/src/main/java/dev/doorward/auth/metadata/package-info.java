/** Discovery: RFC 8414, RFC 9728 and the signing keys. */
@NullMarked
package dev.doorward.auth.metadata;

import org.jspecify.annotations.NullMarked;
