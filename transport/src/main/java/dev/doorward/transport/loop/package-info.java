/** Event loops: how many, how they are called, how they end. */
@NullMarked
package dev.doorward.transport.loop;

import org.jspecify.annotations.NullMarked;
