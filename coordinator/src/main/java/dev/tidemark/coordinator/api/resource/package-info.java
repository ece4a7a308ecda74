/**
 * The routes, a class for each resource.
 *
 * <p>In: parsed paths, queries and bodies. Out: commands to the engine, answers of the engine and of the read models.
 * Never: a decision that belongs to the core, SQL, an exception turned into an answer by hand.
 */
@NullMarked
package dev.tidemark.coordinator.api.resource;

import org.jspecify.annotations.NullMarked;
