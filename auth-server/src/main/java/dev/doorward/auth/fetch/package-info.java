/**
 * Fetching of small documents that strangers name, without being sent to places they cannot reach.
 */
@NullMarked
package dev.doorward.auth.fetch;

import org.jspecify.annotations.NullMarked;
