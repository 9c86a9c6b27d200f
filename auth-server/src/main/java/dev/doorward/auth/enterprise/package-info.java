/** Access by an identity provider that the operator trusts, in place of a consent (ID-JAG). */
@NullMarked
package dev.doorward.auth.enterprise;

import org.jspecify.annotations.NullMarked;
