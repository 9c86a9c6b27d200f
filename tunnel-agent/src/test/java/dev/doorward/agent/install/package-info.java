/** Tests of the installation as a service. */
@NullMarked
package dev.doorward.agent.install;

import org.jspecify.annotations.NullMarked;
