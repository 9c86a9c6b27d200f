/** The only importer of the authorization server: it runs it and translates. */
@NullMarked
package dev.doorward.edge.auth;

import org.jspecify.annotations.NullMarked;
