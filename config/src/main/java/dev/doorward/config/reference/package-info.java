/** The reference page of every key, generated from the records. */
@NullMarked
package dev.doorward.config.reference;

import org.jspecify.annotations.NullMarked;
