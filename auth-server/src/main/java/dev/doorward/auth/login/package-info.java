/** People: accounts, passwords, sign-in sessions. */
@NullMarked
package dev.doorward.auth.login;

import org.jspecify.annotations.NullMarked;
