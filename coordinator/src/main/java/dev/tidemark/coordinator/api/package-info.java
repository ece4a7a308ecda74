/**
 * What the HTTP interface needs of the rest of the coordinator, in its own words: one interface and the shapes that
 * travel through it.
 *
 * <p>In: commands and questions. Out: answers in the JSON shapes of the public interface, refusals with a remedy. Never:
 * HTTP, Spring, SQL (those live in the packages below, and in {@code view}).
 */
@NullMarked
package dev.tidemark.coordinator.api;

import org.jspecify.annotations.NullMarked;
