/**
 * Pages for people: HTML that the server writes, and one small script that fetches the same page again when something has happened.
 *
 * <p>In: views, the engine's answers, what a gateway saw last. Out: HTML under {@code /ui}. Never: SQL, a command, a write but that of
 * somebody's own session; a mark of health for what nobody knows; a text from elsewhere that is not escaped by the template engine.
 */
@NullMarked
package dev.tidemark.coordinator.dashboard;

import org.jspecify.annotations.NullMarked;
