/**
 * Identities: names that people give and ids that Tidemark gives.
 *
 * <p>In: text from anywhere. Out: values that are valid by construction. Never: clocks, randomness, knowledge of what the
 * ids stand for.
 */
@NullMarked
package dev.tidemark.schema.id;

import org.jspecify.annotations.NullMarked;
