/** What is shipped to watch a coordinator with. */
@NullMarked
package dev.tidemark.coordinator.monitor;

import org.jspecify.annotations.NullMarked;
