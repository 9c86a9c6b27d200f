/** From the text of a file to a tree that knows its lines. */
@NullMarked
package dev.doorward.config.load;

import org.jspecify.annotations.NullMarked;
