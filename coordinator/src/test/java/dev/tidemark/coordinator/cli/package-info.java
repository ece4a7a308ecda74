/** Tests of the command line against a hand-written coordinator that only speaks HTTP. */
@NullMarked
package dev.tidemark.coordinator.cli;

import org.jspecify.annotations.NullMarked;
