/** How much one address may ask for; pure arithmetic over state behind an interface. */
@NullMarked
package dev.doorward.policy.limit;

import org.jspecify.annotations.NullMarked;
