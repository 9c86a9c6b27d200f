/** What is wrong with a configuration: every finding, each with its place. */
@NullMarked
package dev.doorward.config.check;

import org.jspecify.annotations.NullMarked;
