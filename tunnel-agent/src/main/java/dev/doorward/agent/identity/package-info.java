/** Who this agent is: its key, made here and never sent, its certificates, enrolment, renewal. */
@NullMarked
package dev.doorward.agent.identity;

import org.jspecify.annotations.NullMarked;
