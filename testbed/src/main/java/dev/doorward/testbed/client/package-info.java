/** A client as other people's are: finds the authorization server, registers, signs in, calls. */
@NullMarked
package dev.doorward.testbed.client;

import org.jspecify.annotations.NullMarked;
