/** Storage: the SQLite database, its migrations and the stores over it. */
@NullMarked
package dev.doorward.auth.store;

import org.jspecify.annotations.NullMarked;
