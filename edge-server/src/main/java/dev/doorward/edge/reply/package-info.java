/** Answers that the edge gives itself: JSON, challenges, CORS. */
@NullMarked
package dev.doorward.edge.reply;

import org.jspecify.annotations.NullMarked;
