/** The data directory of a process: private, locked, written whole or not at all. */
@NullMarked
package dev.doorward.config.data;

import org.jspecify.annotations.NullMarked;
