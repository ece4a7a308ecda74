/** The HTTP interface's own words, without HTTP. */
@NullMarked
package dev.tidemark.coordinator.api;

import org.jspecify.annotations.NullMarked;
