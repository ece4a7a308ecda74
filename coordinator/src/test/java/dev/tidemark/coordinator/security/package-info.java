/** The token, on real files. */
@NullMarked
package dev.tidemark.coordinator.security;

import org.jspecify.annotations.NullMarked;
