/** Clients: registration (RFC 7591), redirect rules, authentication at the token endpoint. */
@NullMarked
package dev.doorward.auth.client;

import org.jspecify.annotations.NullMarked;
