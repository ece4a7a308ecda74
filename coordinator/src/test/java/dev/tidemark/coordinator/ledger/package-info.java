/** The ledger against a real PostgreSQL: conflicts, kills, replays. */
@NullMarked
package dev.tidemark.coordinator.ledger;

import org.jspecify.annotations.NullMarked;
