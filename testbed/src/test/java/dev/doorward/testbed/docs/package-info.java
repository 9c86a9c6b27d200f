/** Documents that are made from the code are held against it. */
@NullMarked
package dev.doorward.testbed.docs;

import org.jspecify.annotations.NullMarked;
