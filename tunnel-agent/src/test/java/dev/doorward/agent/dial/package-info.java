/** Tests of names and dialling. */
@NullMarked
package dev.doorward.agent.dial;

import org.jspecify.annotations.NullMarked;
