/** What browsers see: pages, cookies, and the guards of forms. */
@NullMarked
package dev.doorward.auth.page;

import org.jspecify.annotations.NullMarked;
