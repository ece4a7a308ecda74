/** What those who run a coordinator are told of it. */
@NullMarked
package dev.tidemark.coordinator.monitor.health;

import org.jspecify.annotations.NullMarked;
