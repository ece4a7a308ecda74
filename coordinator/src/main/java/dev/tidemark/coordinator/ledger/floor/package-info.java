/**
 * What the database alone takes for the work of the ledger and of the read models: plain statements on plain tables, for benchmarks.
 *
 * <p>In: a database of one's own, which is thrown away. Out: rows that were written or read. Never: a table of the product changed, a
 * decision, anything that a coordinator does.
 */
@NullMarked
package dev.tidemark.coordinator.ledger.floor;

import org.jspecify.annotations.NullMarked;
