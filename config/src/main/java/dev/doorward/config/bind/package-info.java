/**
 * From a tree to records: keys, defaults, bounds and documentation are on the record components.
 */
@NullMarked
package dev.doorward.config.bind;

import org.jspecify.annotations.NullMarked;
