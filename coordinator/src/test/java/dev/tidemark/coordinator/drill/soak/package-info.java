/** The soak played short, and its sabotaged twins. */
@NullMarked
package dev.tidemark.coordinator.drill.soak;

import org.jspecify.annotations.NullMarked;
