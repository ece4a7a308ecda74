@NullMarked
package dev.tidemark.coordinator.dispatch;

import org.jspecify.annotations.NullMarked;
