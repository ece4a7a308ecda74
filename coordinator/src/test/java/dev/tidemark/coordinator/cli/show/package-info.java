/** Tests of pages at every width. */
@NullMarked
package dev.tidemark.coordinator.cli.show;

import org.jspecify.annotations.NullMarked;
