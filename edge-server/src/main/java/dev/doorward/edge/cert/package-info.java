/** Certificates of public authorities: fetched by ACME, renewed in time, kept over restarts. */
@NullMarked
package dev.doorward.edge.cert;

import org.jspecify.annotations.NullMarked;
