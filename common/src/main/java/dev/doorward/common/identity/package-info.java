/**
 * Who and what: agents, services, clients, people, resources, keys. Values that check themselves.
 */
@NullMarked
package dev.doorward.common.identity;

import org.jspecify.annotations.NullMarked;
