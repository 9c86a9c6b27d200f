/** What is recorded, and the interface that records it. */
@NullMarked
package dev.doorward.common.audit;

import org.jspecify.annotations.NullMarked;
