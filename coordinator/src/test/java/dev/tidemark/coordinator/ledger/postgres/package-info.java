/** PostgreSQL for real: starts, kills, refusals. */
@NullMarked
package dev.tidemark.coordinator.ledger.postgres;

import org.jspecify.annotations.NullMarked;
