/** What the tests of this module share: a small CA. */
@NullMarked
package dev.doorward.transport;

import org.jspecify.annotations.NullMarked;
