/** The internal certificate authority: the root of trust of links. */
@NullMarked
package dev.doorward.auth.ca;

import org.jspecify.annotations.NullMarked;
