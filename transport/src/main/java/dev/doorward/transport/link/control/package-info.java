/**
 * Messages of a link's control stream and of enrolment, and their strict, bounded JSON form. Pure:
 * bytes in, values out.
 */
@NullMarked
package dev.doorward.transport.link.control;

import org.jspecify.annotations.NullMarked;
