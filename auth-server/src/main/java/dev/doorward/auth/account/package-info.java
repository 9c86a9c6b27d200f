/** The page on which people see and end what they allowed. */
@NullMarked
package dev.doorward.auth.account;

import org.jspecify.annotations.NullMarked;
