/** What a recognised person may use. The default is nothing. */
@NullMarked
package dev.doorward.policy.authz;

import org.jspecify.annotations.NullMarked;
