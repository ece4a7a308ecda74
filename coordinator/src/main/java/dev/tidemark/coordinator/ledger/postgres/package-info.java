/**
 * PostgreSQL as the ledger needs it: a server that survives a crash, a schema at the right version, two roles.
 *
 * <p>In: a home directory, or the address of a server. Out: {@link Database}, with one data source for the application's
 * role and one for the role that owns the schema. Never: events, Axon, or any table's contents; a server that could
 * forget a commit; a secret in an argument, an environment variable or a log.
 */
@NullMarked
package dev.tidemark.coordinator.ledger.postgres;

import org.jspecify.annotations.NullMarked;
