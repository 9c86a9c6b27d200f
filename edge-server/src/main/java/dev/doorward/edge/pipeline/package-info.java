/** The public pipeline from the socket to an endpoint, for HTTP/1.1 and HTTP/2 alike. */
@NullMarked
package dev.doorward.edge.pipeline;

import org.jspecify.annotations.NullMarked;
