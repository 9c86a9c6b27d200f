/** Whether the token speaks for a person, for this service, now. */
@NullMarked
package dev.doorward.policy.authn;

import org.jspecify.annotations.NullMarked;
