/** Helpers that several rooms' tests share. */
@NullMarked
package dev.tidemark.coordinator.testkit;

import org.jspecify.annotations.NullMarked;
