/**
 * Tests of the read models, against a real database.
 *
 * <p>In: histories made up from seeds and scripts. Out: verdicts. Never: a database that is only pretended.
 */
@NullMarked
package dev.tidemark.coordinator.view;

import org.jspecify.annotations.NullMarked;
