/** Edges on other machines: their invites, their certificates, who may ask. */
@NullMarked
package dev.doorward.auth.edges;

import org.jspecify.annotations.NullMarked;
