/** Makes this machine's agent a service of systemd: what is written, and which commands run. */
@NullMarked
package dev.doorward.agent.install;

import org.jspecify.annotations.NullMarked;
