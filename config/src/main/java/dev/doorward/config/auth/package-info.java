/** The records of auth.yaml. */
@NullMarked
package dev.doorward.config.auth;

import org.jspecify.annotations.NullMarked;
