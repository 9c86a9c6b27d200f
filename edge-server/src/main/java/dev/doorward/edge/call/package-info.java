/** A call to a service: token, body, policy, record, link. */
@NullMarked
package dev.doorward.edge.call;

import org.jspecify.annotations.NullMarked;
