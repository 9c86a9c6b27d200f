/**
 * The link: HTTP/2 with the roles reversed over mutual TLS 1.3; docs/link-protocol.md is its
 * specification.
 */
@NullMarked
package dev.doorward.transport.link;

import org.jspecify.annotations.NullMarked;
