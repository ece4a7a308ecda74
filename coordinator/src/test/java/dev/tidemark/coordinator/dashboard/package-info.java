/** Tests of the pages, read as a browser reads them. */
@NullMarked
package dev.tidemark.coordinator.dashboard;

import org.jspecify.annotations.NullMarked;
