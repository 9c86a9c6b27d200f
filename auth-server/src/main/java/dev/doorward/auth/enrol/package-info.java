/** Invites, certificate requests, renewal and the directory of agents. */
@NullMarked
package dev.doorward.auth.enrol;

import org.jspecify.annotations.NullMarked;
